"""Your embeddings in a real browser: a file that one visitor uploads is nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.faces import generator, own_sample
from tests.browser.conftest import Visit
from tests.browser.driving import LONGEST_SETTLING, VIEWS, Server, settle
from tests.browser.test_browser_pages import take_picture

PATH = "Your_embeddings"
UNDERSTOOD = "2,400 embeddings of 128 numbers"


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("faces") / "staff of the secret lab.parquet"
    path.write_bytes(own_sample.sample_file(generator.load()))
    return path


def words(page: Page) -> str:
    return page.get_by_test_id("stApp").inner_text()


def test_two_visitors_at_once_never_see_each_others_faces(visit: Visit, server: Server, faces: Path):
    one, other = visit(PATH, view=VIEWS["phone"]), visit(PATH)
    one.locator("input[type=file]").set_input_files(faces)
    other.get_by_role("button", name="Use a sample").click()
    for page in (one, other):
        expect(page.get_by_text(UNDERSTOOD)).to_be_visible(timeout=LONGEST_SETTLING)
        settle(page)
    one.get_by_role("button", name="Train on these faces").click()
    expect(one.get_by_role("button", name="Use this attacker on all pages").first).to_be_visible(timeout=LONGEST_SETTLING)
    settle(one)
    assert "Use this attacker on all pages" not in other.get_by_role("tabpanel").first.inner_text()
    overflow = one.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")
    assert overflow <= 4
    take_picture(one, "33_Your_embeddings.measured")
    one.get_by_role("button", name="Use this attacker on all pages").first.click()
    expect(one.get_by_text("All pages now use your attacker").first).to_be_visible(timeout=LONGEST_SETTLING)
    settle(one)
    late = visit(PATH)
    for page in (other, late):
        assert "secret lab" not in words(page)
        assert "your attacker" not in words(page)
    assert UNDERSTOOD not in words(late)
    assert "secret" not in one.url
    assert one.url.endswith(PATH)
    assert "secret lab" not in server.output()
    # A reload is another session: nothing is left.
    one.reload(wait_until="domcontentloaded")
    settle(one)
    assert UNDERSTOOD not in words(one)
    assert "your attacker" not in words(one)
