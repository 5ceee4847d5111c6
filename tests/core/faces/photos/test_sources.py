import os
import zipfile

import pytest

from core.faces.photos.picture import UnreadablePhotoError
from core.faces.photos.sources import find_photos, shown_name


def read_all(path):
    source, names = find_photos(path)
    found = {}
    with source.opened() as photos:
        for name in names:
            try:
                found[shown_name(name)] = photos.read(name)
            except UnreadablePhotoError as error:
                found[shown_name(name)] = str(error)
    return found


def test_a_folder_gives_every_file_below_it_and_a_reason_for_what_is_none(tmp_path):
    folder, outside = tmp_path / "photos", tmp_path / "outside"
    (folder / "a" / "b").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.jpg").write_bytes(b"secret")
    (folder / "a" / "b" / "one.jpg").write_bytes(b"1")
    (folder / "two.jpg").write_bytes(b"2")
    (folder / "inside.jpg").symlink_to(folder / "two.jpg")
    (folder / "out.jpg").symlink_to(outside / "secret.jpg")
    (folder / "out").symlink_to(outside)
    (folder / "round").symlink_to(folder)
    (folder / "nowhere.jpg").symlink_to(folder / "gone.jpg")
    (folder / "circle.jpg").symlink_to(folder / "circle.jpg")
    os.mkfifo(folder / "pipe.jpg")
    assert read_all(folder) == {
        "a/b/one.jpg": b"1",
        "two.jpg": b"2",
        "inside.jpg": b"2",
        "out.jpg": "link that leads out of the folder",
        "out": "link that leads out of the folder",
        "round": "link to a folder, not followed",
        "nowhere.jpg": "link that leads nowhere",
        "circle.jpg": "link that leads nowhere",
        "pipe.jpg": "no regular file",
    }


def test_a_name_that_is_no_utf8_is_read_and_shown(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"1")
    assert read_all(tmp_path) == {"caf\\xe9.jpg": b"1"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_says_so(tmp_path):
    (tmp_path / "mine.jpg").write_bytes(b"1")
    (tmp_path / "mine.jpg").chmod(0)
    assert read_all(tmp_path) == {"mine.jpg": "cannot be opened: permission denied"}


def test_a_list_names_files_from_its_own_folder(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.jpg").write_bytes(b"1")
    (tmp_path / "list.txt").write_text(f"# mine\n\na/one.jpg\r\na/one.jpg\n{tmp_path}/a/one.jpg\ngone.jpg\na\n", newline="")
    assert read_all(tmp_path / "list.txt") == {
        "a/one.jpg": b"1",
        f"{tmp_path}/a/one.jpg": b"1",
        "gone.jpg": "no such file",
        "a": "folder, not a file",
    }


def test_a_zip_gives_its_members_and_writes_none(tmp_path):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("a/one.jpg", b"1")
        archive.writestr("../../two.jpg", b"2")
        archive.writestr("empty/", b"")
        link = zipfile.ZipInfo("link.jpg")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("bad.jpg", b"spoil me")
    content = (tmp_path / "photos.zip").read_bytes()
    (tmp_path / "photos.zip").write_bytes(content.replace(b"spoil me", b"spoilt!!", 1))
    assert read_all(tmp_path / "photos.zip") == {
        "../../two.jpg": b"2",
        "a/one.jpg": b"1",
        "link.jpg": "link inside a zip",
        "bad.jpg": "damaged in the zip",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["photos.zip"]


def test_what_holds_no_photos_is_a_sentence(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "picture.jpg").write_bytes(b"\xff\xd8\0")
    for name, words in (("gone", "there is no such file"), ("empty", "at least 1 photo"), ("picture.jpg", "it is no text")):
        with pytest.raises(ValueError, match=words):
            find_photos(tmp_path / name)
