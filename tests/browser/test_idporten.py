"""Out to ID-porten and back in a real browser, which lets no form of ours end at another site."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.accounts.conftest import connectors, oidc, running_oidc  # noqa: F401  # fixtures
from tests.accounts.oidc_server import OidcServer
from tests.accounts.signing_in import code_in_mail
from tests.factories import MunicipalityFactory, PersonFactory, UserFactory


def away(browser: Browser, base_url: str, scripts: bool) -> BrowserContext:
    context = browser.new_context(base_url=base_url, java_script_enabled=scripts, service_workers="block", locale="en")
    context.set_default_timeout(10_000)
    return context


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_first_time_with_a_code_and_then_at_once(
    transactional_db: None,
    browser: Browser,
    live_server: Any,
    connectors: OidcServer,  # noqa: F811  # the fixture imported above
    scripts: bool,
) -> None:
    user = UserFactory(email="nora@nora.example", language="en")
    PersonFactory(user=user, email=user.email, household__municipality=MunicipalityFactory(gol=True))

    first = away(browser, live_server.url, scripts)
    page = first.new_page()
    page.goto("/en/account/login/")
    page.get_by_role("button", name="Sign in with ID-porten").click()
    page.get_by_role("heading", name="One step left after ID-porten").wait_for()
    page.locator("input[name=login]").fill(user.email)
    page.get_by_role("button", name="Send me a code").click()
    page.locator("input[name=code]").fill(code_in_mail(user.email))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Connect ID-porten").click()
    page.wait_for_url("**/en/gol/my/")
    first.close()

    later = away(browser, live_server.url, scripts)
    page = later.new_page()
    page.goto("/en/account/login/?next=/en/account/")
    page.get_by_role("button", name="Sign in with ID-porten").click()
    page.wait_for_url("**/en/account/")
    page.get_by_text("ID-porten opens this account.").wait_for()
    later.close()
    assert len(connectors.asked) == 2
