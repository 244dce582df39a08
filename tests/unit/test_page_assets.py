"""The page's files: one script of many modules, and one table of words for each language."""

import re
from importlib import util
from pathlib import Path

import pytest

from supervision.rules.actions import DIALLED

PAGE = Path("functions/page")
ASSETS = PAGE / "assets"
ENTRY = re.compile(r'^  "?([\w.]+)"?: (.*),$', re.MULTILINE)


@pytest.fixture
def bundle():
    spec = util.spec_from_file_location("page_bundle", PAGE / "bundle.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.bundle


def _words(path):
    return dict(ENTRY.findall(path.read_text("utf-8")))


def _places(sentence):
    return set(re.findall(r"\{(\w+)\}", sentence))


def test_a_script_of_modules_has_each_once_after_what_it_needs(bundle, tmp_path):
    (tmp_path / "main.js").write_text('import { a as b } from "./one.js";\nimport { c } from "./two-b.js";\nb(c);\n')
    (tmp_path / "two-b.js").write_text('import { a } from "./one.js";\nexport const c = a();\n')
    (tmp_path / "one.js").write_text("export async function a() {}\n")
    script = bundle(tmp_path, "main")
    assert not re.search(r"^(?:import|export) ", script, re.MULTILINE)
    assert [script.count(f"const module_{name} =") for name in ("one", "two_b", "main")] == [1, 1, 1]
    assert script.index("module_one =") < script.index("module_two_b =") < script.index("module_main =")
    assert "const { a: b } = module_one;" in script
    assert "return { c };" in script


def test_modules_that_need_each_other_are_refused(bundle, tmp_path):
    (tmp_path / "one.js").write_text('import { b } from "./two.js";\nexport const a = 1;\n')
    (tmp_path / "two.js").write_text('import { a } from "./one.js";\nexport const b = 1;\n')
    with pytest.raises(ValueError, match="one -> two -> one"):
        bundle(tmp_path, "one")


@pytest.mark.parametrize("path", sorted(ASSETS.glob("words-*.js")), ids=lambda path: path.stem)
def test_every_language_has_every_sentence_with_its_places(path):
    english, words = _words(ASSETS / "words-en.js"), _words(path)
    assert words.keys() == english.keys()
    assert {name: _places(words[name]) for name in words} == {name: _places(english[name]) for name in english}


def test_every_sentence_that_the_page_names_is_in_the_table():
    english = _words(ASSETS / "words-en.js")
    scripts = [path.read_text("utf-8") for path in ASSETS.glob("*.js") if not path.stem.startswith("words-")]
    named = {name for text in scripts for name in re.findall(r'\bt\("([\w.]+)"', text)}
    named |= set(re.findall(r'data-t(?:-label|-placeholder)?="([\w.]+)"', (PAGE / "index.html").read_text("utf-8")))
    assert len(named) > 100
    assert named <= english.keys()


def test_the_page_has_every_action_that_dials():
    modes = (ASSETS / "modes.js").read_text("utf-8")
    named = re.findall(r'"(\w+)"', modes.partition("export const ON_A_CALL")[0])
    assert tuple(named) == DIALLED


@pytest.mark.parametrize("action", DIALLED)
def test_each_has_its_words_its_button_and_its_order(action):
    words = _words(ASSETS / "words-en.js")
    needed = [action, *(f"{group}.{action}" for group in ("air", "doing", "heard", "title", "why.same"))]
    assert [name for name in needed if name not in words] == []
    for path in (PAGE / "index.html", ASSETS / "keys.js", ASSETS / "sheet.js", PAGE / "embed" / "call-floor.d.ts"):
        assert f'"{action}"' in path.read_text("utf-8"), path.name
