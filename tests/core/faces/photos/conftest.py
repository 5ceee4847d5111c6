import io
import warnings
from pathlib import Path

import pytest
from PIL import Image

ASTRONAUT = Path(__file__).parents[4] / "ui" / "astronaut.jpg"


@pytest.fixture(scope="session")
def astronaut() -> Image.Image:
    return Image.open(ASTRONAUT).convert("RGB")


def encoded(picture: Image.Image, kind: str = "PNG", **options) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


@pytest.fixture
def folder(tmp_path, astronaut) -> Path:
    """Forty pictures: a face in every other one, the others plain."""
    made = tmp_path / "photos"
    (made / "deep" / "er").mkdir(parents=True)
    for number in range(40):
        picture = astronaut.crop((60, 40, 220, 200)) if number % 2 else Image.new("RGB", (60, 60), (number, 90, 120))
        where = made / "deep" / "er" if number % 4 == 0 else made
        (where / f"{20 + number}_{number % 2}_{number % 5}_{number}.jpg").write_bytes(encoded(picture, "JPEG", quality=95))
    return made


@pytest.fixture(scope="session")
def original():
    """face_recognition itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its models warn of pkg_resources
        from face_recognition import api
    return api
