"""The look: the living page of components, the form pack, the error pages and the frame of the mails."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.management import call_command
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client

from portal.templatetags.look import house

TEMPLATES = Path(settings.BASE_DIR) / "templates"
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
PACK = sorted((TEMPLATES / "designsystemet").rglob("*.html"))


class MovedForm(forms.Form):
    email = forms.EmailField(help_text="We send the code there.")
    phone = forms.CharField(required=False)
    stay = forms.ChoiceField(choices=[("full", "All year"), ("part", "Part")], widget=forms.RadioSelect, help_text="?")
    agree = forms.BooleanField()


def crispy(form: forms.Form) -> str:
    return Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": form}))


def control(html: str, element_id: str) -> str:
    """The tag that carries the id."""
    found = re.search(rf'<[^>]*\bid="{element_id}"[^>]*>', html)
    assert found, f"nothing has the id {element_id}"
    return found.group()


@pytest.fixture
def page(client: Client, db: None) -> str:
    return client.get("/components/").content.decode()


def test_components_page_shows_every_component(page: str) -> None:
    for part in ["house-front", "timeline__entry", "facts", "contact-card", "ds-alert", "empty", "filter-form",
                 "ds-pagination", "ds-breadcrumbs", "ds-tag", "card__title", "ds-validation-message"]:  # fmt: skip
        assert f'class="{part}' in page, part


def test_components_page_has_one_h1_and_skips_no_level(page: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])\b", page)]
    assert levels.count(1) == 1
    main = [int(level) for level in re.findall(r"<h([1-6])\b", page[page.index("<main") : page.index("</main>")])]
    assert all(after <= before + 1 for before, after in zip(main, main[1:], strict=False))


def test_components_page_has_no_id_twice(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("path", [*COMPONENTS, *PACK], ids=lambda path: path.name)
def test_component_begins_with_its_arguments(path: Path) -> None:
    comment = re.match(r"{% comment %}\s*(.+?)\s*{% endcomment %}", path.read_text(), re.DOTALL)
    assert comment
    assert len(comment.group(1).split()) > 2


def test_no_template_has_inline_script_or_style() -> None:
    call_command("checktemplates", verbosity=0)


def test_field_names_its_hint_and_its_error() -> None:
    html = crispy(MovedForm({"email": "kari"}))
    field = control(html, "id_email")
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_email_helptext id_email_error"' in field
    assert control(html, "id_email_helptext")
    assert control(html, "id_email_error")
    assert '<label class="ds-label" for="id_email">' in html


def test_field_without_fault_is_not_marked() -> None:
    field = control(crispy(MovedForm()), "id_email")
    assert "aria-invalid" not in field
    assert 'aria-describedby="id_email_helptext"' in field


def test_group_of_radios_is_described_as_a_whole() -> None:
    html = crispy(MovedForm({}))
    assert control(html, "id_stay").startswith("<fieldset")
    assert 'aria-describedby="id_stay_helptext id_stay_error"' in control(html, "id_stay")
    assert control(html, "id_stay_0").startswith("<input")


def test_only_the_optional_field_is_marked() -> None:
    html = crispy(MovedForm())
    assert html.count('class="optional"') == 1
    assert html.index('class="optional"') > html.index('for="id_phone"')


def test_summary_takes_the_focus_and_leads_to_each_field() -> None:
    html = crispy(MovedForm({"email": "kari"}))
    assert re.search(r'class="ds-error-summary"[^>]*tabindex="-1" autofocus', html)
    for target in re.findall(r'class="ds-link" href="#([^"]+)"', html):
        assert control(html, target).startswith("<input")
    assert len(re.findall(r'class="ds-link" href="#', html)) == 3


def test_form_without_faults_has_no_summary() -> None:
    assert "ds-error-summary" not in crispy(MovedForm())


def test_words_of_the_reader_are_escaped() -> None:
    assert "<script" not in crispy(MovedForm({"email": "<script>alert(1)</script>"}))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 8, 9, 12, 15])
def test_house_has_one_window_for_each_thing(count: int) -> None:
    drawn = house([{"label": "x", "lit": number % 2} for number in range(count)])
    assert len(drawn.windows) == count
    assert [window.lit for window in drawn.windows] == [bool(number % 2) for number in range(count)]


@pytest.mark.parametrize("count", [1, 4, 7, 8, 9, 12, 15])
def test_windows_overlap_neither_each_other_nor_the_door_nor_the_wall(count: int) -> None:
    drawn = house([{"label": "x", "lit": True}] * count)
    boxes = [(window.x, window.y, window.x + 40, window.y + 48) for window in drawn.windows]
    boxes.append((drawn.middle - 21, drawn.ground - 91, drawn.middle + 21, drawn.ground))
    for number, (left, top, right, bottom) in enumerate(boxes):
        assert drawn.left <= left < right <= drawn.right
        assert drawn.ridge < top < bottom <= drawn.ground
        for other_left, other_top, other_right, other_bottom in boxes[number + 1 :]:
            assert right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
def test_error_page_stands_without_context(name: str) -> None:
    html = render_to_string(name)
    assert html.count("<h1") == 1
    assert 'href="/"' in html
    for address in re.findall(r'href="/static/([^"]+)"', html):
        assert (Path(settings.BASE_DIR) / "static" / address).is_file()


def test_unknown_page_says_so_and_leads_on(client: Client, db: None) -> None:
    answer = client.get("/nb/there-is-no-such-place/")
    assert answer.status_code == 404
    html = answer.content.decode()
    assert html.count("<h1") == 1
    assert 'class="ds-button"' in html


@pytest.mark.parametrize(("is_demo", "count"), [(True, 1), (False, 0)])
def test_mail_of_a_demonstration_says_so(is_demo: bool, count: int) -> None:
    context = {"text": "Hi <b>", "language": "en", "is_demo": is_demo}
    html = render_to_string("emails/account.html", context)
    assert html.count("background:#f5e5dd") == count
    assert "Hi &lt;b&gt;" in html
