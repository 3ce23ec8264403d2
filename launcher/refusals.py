"""What the launcher says: each sentence in both languages, and which one a failure deserves."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# One sentence a line, the same keys in both: the catalogues of gis/ need what is only now being installed.
VIETNAMESE = {
    "python": "Cần Python 3.11, 3.12 hoặc 3.13 (64 bit), đang chạy bằng Python {found} ({bits} bit): {cure_vi}.",
    "no_venv": "Python này thiếu mô-đun {module} để tạo môi trường .venv: {cure_vi}.",
    "read_only": "Không ghi được vào {folder} ({reason}): chép cả thư mục phần mềm sang nơi bạn có quyền ghi rồi chạy lại.",
    "broken_venv": "Môi trường {folder} không dùng được ({reason}): xóa thư mục đó rồi chạy lại, phần mềm sẽ tự cài lại.",
    "busy": "Một cửa sổ khác đang cài đặt: đợi cửa sổ đó xong rồi chạy lại.",
    "no_network": "Không tải được các gói cần cài vì không kết nối được mạng: kiểm tra mạng (hoặc proxy) rồi chạy lại.",
    "certificate": "Không tải được các gói vì chứng chỉ của máy chủ không được tin cậy: kiểm tra ngày giờ của máy, hoặc nhờ quản trị mạng đặt PIP_CERT.",
    "no_wheel": "Không có bản cài sẵn cho máy này ({reason}): xem các hệ máy đã thử trong docs/platforms.md.",
    "disk_full": "Ổ đĩa đã đầy: giải phóng khoảng 1,5 GB rồi chạy lại.",
    "long_path": "Đường dẫn {folder} quá dài đối với Windows: chuyển thư mục phần mềm sang chỗ ngắn hơn, ví dụ C:\\gpmb.",
    "install": "Cài đặt không thành công, lý do ở các dòng trên: sửa xong chạy lại, phần đã tải được giữ nguyên.",
    "port_taken": "Cổng {port} đang được dùng: nếu phần mềm đã mở thì vào {address}, nếu không thì chạy lại với --port {other}.",
    "port_refused": "Không mở được cổng {port} ({reason}): chạy lại với --port {other}.",
    "no_project": "Không có thư mục dự án {folder}: kiểm tra lại đường dẫn sau --project, hoặc tạo bằng python -m gis init.",
    "app_stopped": "Phần mềm đã dừng với mã {code}, lý do ở các dòng trên.",
    "installing": "Đang cài đặt (chỉ lần đầu, vài phút tùy mạng)…",
    "installing_offline": "Đang cài đặt từ thư mục wheels, không cần mạng…",
    "wheels_platform": "Gói cài này dành cho {found}, máy này là {here}: tạo lại trên một máy có mạng bằng python3 start.py bundle --platform {here} --python {python}.",
    "wheels_python": "Gói cài này dành cho Python {found}, đang chạy bằng Python {here}: cài Python {found} 64 bit rồi chạy {command}.",
    "wheels_stale": "Thư mục wheels là của một bản phần mềm khác (requirements.txt khác): giải nén lại cả gói vào một thư mục trống, hoặc xóa thư mục wheels để cài từ mạng.",
    "wheels_changed": "Tệp {file} không đúng với danh sách SHA256SUMS trong thư mục wheels, gói bị hỏng hoặc bị sửa khi chép: chép và giải nén lại cả gói, hoặc xóa thư mục wheels để cài từ mạng.",
    "bundle_platform": "Không tạo được gói cài cho hệ máy {found!r}: chọn --platform trong {known}.",
    "bundle_python": "Không tạo được gói cài cho Python {found!r}: chọn --python trong {known}.",
    "bundle_exists": "Đã có {file}: xóa tệp đó hoặc chọn tên khác bằng --to.",
    "bundle_no_wheel": "Không có bản cài sẵn cho {platform} với Python {python} ({reason}): chọn --python khác, xem docs/platforms.md.",
    "bundle_office": "Thư mục data không phải dữ liệu mẫu (project.toml không ghi synthetic = true): chuyển dữ liệu của cơ quan ra ngoài rồi tạo gói từ một bản phần mềm sạch.",
    "bundle_commit": "Gói lấy phần mềm ở commit {commit}: những gì sửa sau đó không có trong gói.",
    "bundle_made": "Đã tạo {file} ({megabytes} MB, {count} gói). Trên máy không có mạng: giải nén rồi chạy start.py. So mã sha256 sau khi chép:",
    "address": "Mở trình duyệt tại {address} (nhấn Ctrl-C ở đây để dừng)",
    "stopped": "Đã dừng.",
}
ENGLISH = {
    "python": "Python 3.11, 3.12 or 3.13 (64 bit) is needed, this is Python {found} ({bits} bit): {cure_en}.",
    "no_venv": "This Python lacks the module {module}, which makes .venv: {cure_en}.",
    "read_only": "Cannot write to {folder} ({reason}): copy the whole folder to a place where you may write, then run again.",
    "broken_venv": "The environment {folder} cannot be used ({reason}): delete it and run again, it will be made anew.",
    "busy": "Another start is installing: wait until it has finished, then run again.",
    "no_network": "The packages could not be downloaded, there is no network: check the network (or proxy), then run again.",
    "certificate": "The packages could not be downloaded, the server's certificate is not trusted: check the clock of this machine, or ask the network's administrator to set PIP_CERT.",
    "no_wheel": "There is no ready-made package for this machine ({reason}): docs/platforms.md lists what was tried.",
    "disk_full": "The disk is full: free about 1.5 GB, then run again.",
    "long_path": "The path {folder} is too long for Windows: move the folder to a shorter place such as C:\\gpmb.",
    "install": "The installation failed for the reason above: mend it and run again, what was downloaded is kept.",
    "port_taken": "Port {port} is taken: if the app is already open go to {address}, otherwise run again with --port {other}.",
    "port_refused": "Port {port} cannot be opened ({reason}): run again with --port {other}.",
    "no_project": "There is no project folder {folder}: check the path after --project, or make it by python -m gis init.",
    "app_stopped": "The app has stopped with code {code} for the reason above.",
    "installing": "Installing (the first time only, minutes by your network)…",
    "installing_offline": "Installing from the folder wheels, no network needed…",
    "wheels_platform": "This bundle is for {found}, this machine is {here}: make it anew on a machine with a network by python3 start.py bundle --platform {here} --python {python}.",
    "wheels_python": "This bundle is for Python {found}, this is Python {here}: install Python {found} of 64 bit, then run {command}.",
    "wheels_stale": "The folder wheels belongs to another version of the program (other requirements.txt): unpack the whole bundle into an empty folder, or delete the folder wheels to install from the network.",
    "wheels_changed": "The file {file} is not as SHA256SUMS in the folder wheels lists it, the bundle was damaged or changed on its way: copy and unpack the whole bundle again, or delete the folder wheels to install from the network.",
    "bundle_platform": "No bundle can be made for the platform {found!r}: choose --platform among {known}.",
    "bundle_python": "No bundle can be made for Python {found!r}: choose --python among {known}.",
    "bundle_exists": "There is already {file}: delete it or choose another name by --to.",
    "bundle_no_wheel": "There is no ready-made package for {platform} with Python {python} ({reason}): choose another --python, see docs/platforms.md.",
    "bundle_office": "The folder data is not the sample (project.toml does not say synthetic = true): move the office's data elsewhere and make the bundle from a clean copy of the program.",
    "bundle_commit": "The bundle takes the program as of commit {commit}: what was changed since is not in it.",
    "bundle_made": "Made {file} ({megabytes} MB, {count} packages). On the machine without a network: unpack, then run start.py. Compare its sha256 after copying:",
    "address": "Open {address} in a browser (Ctrl-C here stops it)",
    "stopped": "Stopped.",
}


def sentences(message: str, **facts: object) -> str:
    """A sentence in both languages, a line each."""
    return "\n".join(language[message].format(**facts) for language in (VIETNAMESE, ENGLISH))


class Refusal(Exception):  # noqa: N818 - the word of the whole project
    """What keeps the app from starting: a sentence in each language, with its cure."""

    def __init__(self, message: str, **facts: object) -> None:
        self.message = message
        self.facts = facts
        super().__init__(sentences(message, **facts))


def say(message: str, **facts: object) -> None:
    """Print a sentence in both languages, at once."""
    print(sentences(message, **facts), flush=True)


def disk_refusal(error: OSError, folder: Path) -> Refusal:
    """The sentence for a folder that cannot be written."""
    return Refusal(
        "disk_full" if error.errno == errno.ENOSPC else "read_only", folder=folder, reason=error.strerror
    )
