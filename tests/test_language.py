"""Which language a text is in: enough to know what not to read."""

import pytest

from articles.language import detect

TEXTS = {
    "en": "The leader of the council said that she had been told the bridge would last, and that it was not her fault.",
    "cy": "Dywedodd arweinydd y cyngor fod y bont yn cau ac na fydd arian i'w thrwsio eleni yn ôl y bobl yn y dref.",
    "fr": "La présidente du conseil a déclaré que le pont serait fermé et que les habitants ne sont pas les responsables.",
    "de": "Die Vorsitzende des Rates sagte, dass die Brücke nicht mehr zu retten ist und dass der Bund nicht zahlen wird.",
    "es": "La presidenta del consejo dijo que el puente se cierra y que los vecinos no son los responsables de la ruina.",
    "ga": "Dúirt cathaoirleach na comhairle go bhfuil an droichead le dúnadh agus nach bhfuil an t-airgead ar fáil sa bhliain seo.",
    "it": "La presidente del consiglio ha detto che il ponte non si può salvare e che gli abitanti non sono i responsabili.",
    "und": "Przewodnicząca rady powiedziała wczoraj, że most zostanie zamknięty, ponieważ pieniędzy nigdy nie było dość.",
}


@pytest.mark.parametrize("language, text", TEXTS.items())
def test_languages(language: str, text: str) -> None:
    assert detect(f"{text} {text}") == language


@pytest.mark.parametrize("text", ["", "Bonjour", "1 2 3 " * 100, "— … —" * 50])
def test_what_says_nothing_counts_as_english(text: str) -> None:
    assert detect(text) == "en"
