import sys
import warnings

import numpy as np
import pytest
from PIL import Image

from core.faces.photos import embedding, single
from core.faces.photos.embedding import Face, FaceOptions, MissingPackageError, embed, find_faces, preferred
from core.faces.photos.picture import decode
from tests.core.faces.photos.conftest import ASTRONAUT


@pytest.fixture(scope="module")
def two(astronaut):
    """One face twice: small on the left, large in the middle."""
    wide = Image.new("RGB", (700, 400), (90, 90, 90))
    face = astronaut.crop((40, 20, 240, 220))
    wide.paste(face.resize((160, 160)), (0, 0))
    wide.paste(face.resize((300, 300)), (350, 90))
    return np.array(wide)


@pytest.mark.parametrize("upsample", [0, 1])
def test_embeddings_are_those_of_face_recognition(original, astronaut, two, upsample):
    for pixels in (np.array(astronaut), two):
        frames = original._raw_face_locations(pixels, upsample)
        expected = [
            np.array(original.face_encoder.compute_face_descriptor(pixels, original.pose_predictor_5_point(pixels, frame), 1))
            for frame in frames
        ]
        found = find_faces(pixels, FaceOptions(upsample=upsample))
        assert len(found) == len(expected) > 0
        assert np.allclose(embed(found), expected, atol=1e-6)
    assert np.allclose(embed(find_faces(np.array(astronaut))), original.face_encodings(np.array(astronaut)), atol=1e-6)


def test_a_batch_gives_what_single_faces_give(two):
    faces = find_faces(two) * 10
    assert len(faces) > embedding.BATCH
    assert np.allclose(embed(faces), np.concatenate([embed([face]) for face in faces]), atol=1e-6)
    assert embed([]).shape == (0, 128)


def test_the_preferred_face_is_the_largest_or_nearest_the_centre():
    chip = np.zeros((150, 150, 3), np.uint8)
    large, central = Face(0, 50, 50, 0, chip), Face(45, 60, 55, 50, chip)
    picture = np.zeros((100, 100, 3), np.uint8)
    assert preferred([central, large], picture, "largest") is large
    assert preferred([large, central], picture, "centre") is central


@pytest.mark.parametrize("size", [(1, 1), (1, 3_000), (3_000, 1)])
def test_odd_pictures_hold_no_face(size):
    assert find_faces(np.zeros((*size, 3), np.uint8)) == []


def test_the_cnn_detector_finds_the_face(astronaut):
    small = np.array(astronaut.crop((60, 40, 220, 200)))
    (face,) = find_faces(small, FaceOptions(detector="cnn", upsample=0))
    assert np.linalg.norm(embed([face]) - embed(find_faces(small))) < 0.6


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"detector": "haar"}, "detector must be one of hog, cnn, got 'haar'"),
        ({"upsample": 5}, "upsampling must be 0 to 4, got 5"),
        ({"jitters": 0}, "jitters must be 1 to 1,000, got 0"),
        ({"prefer": "left"}, "preferred face must be one of largest, centre, got 'left'"),
    ],
)
def test_bad_options_are_a_sentence(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        FaceOptions(**options)


@pytest.fixture
def _unloaded(monkeypatch):
    embedding.load.cache_clear()
    for name in [name for name in sys.modules if name.split(".")[0] in ("face_recognition", "face_recognition_models")]:
        monkeypatch.delitem(sys.modules, name)
    yield
    embedding.load.cache_clear()


@pytest.mark.usefixtures("_unloaded")
@pytest.mark.parametrize(
    ("blocked", "words"),
    [
        ("dlib", "dlib is missing"),
        ("face_recognition", "face_recognition is missing"),
        ("pkg_resources", "does not work with setuptools"),
    ],
)
def test_what_is_missing_is_said_and_nothing_quits(monkeypatch, capfd, blocked, words):
    monkeypatch.setitem(sys.modules, blocked, None)
    with pytest.raises(MissingPackageError, match=f"{words}.*: in the project's folder run 'python -m pip install"):
        embedding.load()
    assert capfd.readouterr().out == ""


def test_a_single_photo_is_read_and_framed(original, astronaut):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = single.read_photo(ASTRONAUT.read_bytes())
    (face,) = read.faces
    assert np.allclose(read.embeddings, original.face_encodings(np.array(astronaut)), atol=1e-6)
    framed = decode(read.framed(0)).astype(int)
    middle = (face.left + face.right) // 2
    assert abs(framed[face.top, middle] - (0xCC, 0x5A, 0x16)).max() < 60
