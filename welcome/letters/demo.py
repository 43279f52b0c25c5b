"""The welcome letter of the invented region."""

from __future__ import annotations

from datetime import date

from portal.demo import read
from portal.municipalities.models import Municipality
from welcome.letters.enums import Occasion
from welcome.letters.models import LetterTemplate


def load_content(*, on: date) -> dict[str, int]:
    for municipality in Municipality.objects.filter(is_demo=True):
        template, _created = LetterTemplate.objects.get_or_create(municipality=municipality, occasion=Occasion.WELCOME)
        for language, texts in read("letter").items():
            template.set_current_language(language, initialize=True)
            template.subject = texts["subject"]
            template.greeting = texts["greeting"]
            template.body = "\n\n".join(texts["paragraphs"])
            template.gifts_intro = texts["gifts_intro"]
            template.information_heading = texts["information_heading"]
            template.closing = texts["closing"]
            template.source_register = texts["source_register"]
            template.source_self = texts["source_self"]
            template.objection = texts["object"]
        template.save()
    return {"letter_templates": LetterTemplate.objects.count()}
