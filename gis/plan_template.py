"""The text that a new project's `project.toml` starts from; each @NAME@ in it is filled in.

Pure: no file, no clock.
"""

from __future__ import annotations

from typing import Final

# Two steps that many offices keep beside the eight.
OPTIONAL_MILESTONES: Final = """\
[[milestones]]
id = "meeting"
name = "Họp dân"
name_en = "Meeting with the people"
after = "notified"

[[milestones]]
id = "origin_confirmed"
name = "Xác nhận nguồn gốc đất"
name_en = "Origin of land confirmed"
after = "inventoried"
"""

# Invented figures: the plan itself gives none by year.
TARGETS: Final = """\
[[targets]]
year = 2026
area_ha = 60
source = "Số ví dụ, không phải chỉ tiêu được giao"

[[targets]]
year = 2027
area_ha = 55
source = "Số ví dụ, không phải chỉ tiêu được giao"
"""

# The commune that the template is for, and its bounds in the national register of boundaries.
NAME: Final = "Hoàng Sơn"
BOUNDS: Final = "bounds = [105.8096, 19.8589, 105.8687, 19.9300]"

# Data, not a text of the pages: an office edits it.
TEMPLATE: Final = """\
# Kế hoạch của xã, dùng để tính tỷ lệ giải phóng mặt bằng.
# Sửa được bằng trình soạn thảo văn bản (UTF-8).
# Số viết kiểu máy: 116.8 (dấu chấm thập phân, không phân cách nghìn); ngày viết năm-tháng-ngày.

# true: dữ liệu mẫu, không phải số liệu thật (không cho nhập số liệu thật). Dự án thật là false.
synthetic = @SYNTHETIC@

# Mã EPSG của hệ tọa độ VN-2000 dùng để tính diện tích.
# Thanh Hóa: 5897 (TM-3, kinh tuyến trục 105°00').
crs = @CRS@

# Ngày sớm nhất mà sổ theo dõi được ghi (ngày xã mới đi vào hoạt động).
starts = @STARTS@

# Mẫu số của tỷ lệ nêu ở dòng đầu trang Tổng quan:
# "goal" = mục tiêu của kế hoạch, "plan" = tổng diện tích quy hoạch các khu,
# "mapped" = diện tích đo trên bản đồ.
headline = "goal"

[commune]
name = @NAME@                 # tên trong kế hoạch của xã
register_name = "Hoằng Sơn"        # tên trong danh mục đơn vị hành chính
code = "15910"                     # mã đơn vị hành chính (5 chữ số, trong dấu ngoặc kép)
# Các xã cũ trước ngày 01/7/2025: mỗi xã cũ có "tờ 1" riêng,
# nên mã xã cũ là một phần của khóa thửa đất.
old_communes = [
    { code = "15895", name = "Hoằng Trinh" },
    { code = "15910", name = "Hoằng Xuyên" },
    { code = "15907", name = "Hoằng Cát" },
    { code = "15901", name = "Hoằng Sơn" },
]
# Phạm vi của xã: kinh độ tây, vĩ độ nam, kinh độ đông, vĩ độ bắc (độ thập phân, WGS 84).
# Phần mềm dựa vào đây để nhận ra tệp bản đồ sai hệ tọa độ; xã khác thì sửa lại, không rõ thì bỏ dòng này.
@BOUNDS@

# Mục tiêu của kế hoạch.
[goal]
area_ha = 250
approximate = true                 # kế hoạch ghi "khoảng"
by = 2030-12-31                    # hạn cuối, tính cả ngày này
text = "khoảng 250 ha"
source = "Kế hoạch phát triển công nghiệp, tiểu thủ công nghiệp giai đoạn 2025-2030: \
phấn đấu hoàn thành GPMB xong khu công nghiệp và cụm công nghiệp khoảng 250 ha \
trong giai đoạn 2025-2030"

# Chỉ tiêu bàn giao mặt bằng của từng năm (ha bàn giao trong năm đó); năm nào chưa giao thì bỏ.
@TARGETS@
# Các khu, mỗi khu một mục [[zones]]; "parent" là khu chứa nó.
#   zone_id   mã khu: chữ thường không dấu, chữ số, gạch nối; trùng với mã trong tệp ranh giới
#   plan_ha   diện tích quy hoạch trong xã (ha); bỏ trống nếu kế hoạch không nêu
#   source    câu nguồn của số liệu đó;  total_ha, total_source: diện tích cả khu, kể cả ngoài xã
#   project   tên dự án đầu tư
# Khu chưa có ranh giới vẫn khai báo ở đây; phần mềm ghi rõ là chưa có ranh giới.
[[zones]]
zone_id = "kcn-phu-quy"
name = "KCN Phú Quý"
plan_ha = 207.4
source = "Kế hoạch 2025-2030: KCN Phú Quý 540 ha, trong đó 207,4 ha trên địa bàn xã"
total_ha = 540
total_source = "Kế hoạch 2025-2030: KCN Phú Quý 540 ha"

[[zones]]
zone_id = "kcn-phu-quy-gd1"
name = "KCN Phú Quý - giai đoạn 1"
parent = "kcn-phu-quy"
plan_ha = 116.8
source = "Kế hoạch 2025-2030: giai đoạn 1 178,5 ha, trong đó 116,8 ha trên địa bàn xã"
total_ha = 178.5
total_source = "Kế hoạch 2025-2030: KCN Phú Quý giai đoạn 1 178,5 ha"
project = "Dự án Đầu tư xây dựng và kinh doanh hạ tầng KCN WHA Smart Technology - Thanh Hóa"

[[zones]]
zone_id = "kcn-phu-quy-con-lai"
name = "KCN Phú Quý - phần còn lại"
parent = "kcn-phu-quy"
plan_ha = 90.6
source = "Phần còn lại, tính từ kế hoạch: 207,4 ha - 116,8 ha = 90,6 ha"

[[zones]]
zone_id = "ccn-hoang-son"
name = "CCN Hoàng Sơn"
plan_ha = 50
source = "Kế hoạch 2025-2030: CCN Hoàng Sơn quy hoạch 50 ha, chưa công bố ranh giới"

[[zones]]
zone_id = "lang-nghe-moc"
name = "Làng nghề mộc"
source = "Kế hoạch 2025-2030: quy hoạch khu tập trung cho làng nghề mộc, chưa nêu diện tích"

# Các mốc thêm, ngoài tám mốc chuẩn (thông báo … bàn giao cho nhà đầu tư); không cần thì bỏ.
# Mốc thêm có thể ghi "không áp dụng" cho từng hộ, kèm lý do; không tính vào diện tích.
#   id       mã mốc: chữ thường không dấu, chữ số, gạch dưới;  name, name_en: tên tiếng Việt, tiếng Anh
#   after    mã của mốc đứng trước: notified, inventoried, plan_published, plan_approved, paid,
#            recovered, handed_over, delivered, hoặc một mốc thêm khác
@MILESTONES@"""
