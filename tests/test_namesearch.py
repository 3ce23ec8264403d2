"""The search for names, beside one spelling after another."""

from namesearch import found_names, spellings

NAMES = {"Lê Thị Hoà", "Lê Thị Hoàn", "Lê Văn Mẫu", "Đỗ Mẫu"}


def test_found_names__each_spelling_alone_and_inside_other_bytes():
    for name in NAMES:
        for spelling in spellings(name):
            found = found_names(b"\x41" + spelling + b"\x00\xff", NAMES)
            assert name in found or any(other.startswith(name) for other in found), spelling
            assert all(any(one in spelling for one in spellings(other)) for other in found)


def test_found_names__none_where_there_is_none():
    assert found_names("Lê Thị Ho, Lê Văn, Do Mau".encode(), NAMES) == set()
    assert found_names(b"", NAMES) == set()


def test_found_names__all_that_are_there():
    assert found_names(", ".join(NAMES).encode(), NAMES) == NAMES
