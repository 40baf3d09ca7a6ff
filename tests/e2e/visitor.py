"""Somebody at a browser: signs in, clicks, types, looks; and what they must never meet."""

import re
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

WIDE, NARROW = (1440, 900), (390, 844)
SETTLED = """() => document.readyState === "complete"
    && !document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")"""
TELL_CSP = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}`))"""


class Visitor:
    """A page of the CRM in a fresh browser profile. ``acts`` counts clicks and keys; typing content is not counted."""

    def __init__(self, browser, house, *, width=WIDE, scheme="light", state=None):
        self.house = house
        self.context = browser.new_context(
            base_url=house.url,
            locale={"en": "en-GB", "fr": "fr-FR"}[house.language],
            timezone_id="Europe/Paris",
            viewport={"width": width[0], "height": width[1]},
            color_scheme=scheme,
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
            storage_state=state,
        )
        self.context.set_default_timeout(20_000)
        self.context.add_init_script(TELL_CSP)
        self.page = self.context.new_page()
        self.acts = 0
        self.noise, self.answers = [], []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.noise.append(f"{self.page.url}: {error}"))
        self.page.on(
            "response", lambda answer: answer.status >= 400 and self.answers.append((answer.status, answer.url))
        )

    def _hear(self, message):
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.noise.append(f"{self.page.url}: {message.text}")

    def leave(self):
        """Nothing was said on the console, nothing was held back by the policy, nothing failed unasked."""
        self.context.close()
        assert not self.noise, "\n".join(sorted(set(self.noise)))
        assert not self.answers, self.answers

    @contextmanager
    def expects(self, *statuses):
        """Within, answers with such a status are what one came for."""
        yield
        self.settle()
        assert {status for status, _url in self.answers} == set(statuses), self.answers
        self.answers.clear()

    # What one does

    def sign_in(self, key, password="try-the-crm-2026"):
        self.go("/auth/login/")
        self.page.get_by_label(self.say("E-mail address")).fill(f"{key}@demo.example")
        self.page.get_by_label(self.say("Password"), exact=True).fill(password)
        self.follow(self.page.get_by_role("button", name=self.say("Sign in"), exact=True))
        return self

    def go(self, path):
        """Returns the visitor, as ``sign_in`` does."""
        self.page.goto(path)
        self.settle()
        return self

    def click(self, found):
        self.acts += 1
        found.click()
        self.settle()

    def follow(self, found):
        """A click that leads to another page, or to this one anew."""
        self.acts += 1
        with self.page.expect_navigation():
            found.click()
        self.settle()

    def press(self, *keys):
        """Keys pressed one after the other; a chord counts once."""
        for key in keys:
            self.acts += 1
            self.page.keyboard.press(key)
        self.settle()

    def choose(self, found, label):
        """An option of a list."""
        self.acts += 1
        found.focus()
        found.select_option(label=label)
        self.settle()

    def drop(self, zone, name, text):
        """A file dragged from the desktop onto the page."""
        self.acts += 1
        made = (
            "([name, text]) => { const held = new DataTransfer(); held.items.add(new File([text], name)); return held }"
        )
        held = self.page.evaluate_handle(made, [name, text])
        zone.dispatch_event("drop", {"dataTransfer": held})

    def arrives(self, path, sign):
        """A page that one is led to once a worker is done with something."""
        self.page.wait_for_url(f"**{path}")
        self.page.locator(sign).first.wait_for(timeout=60_000)
        self.settle()

    def settle(self):
        self.page.wait_for_load_state()
        self.page.wait_for_function(SETTLED)

    @contextmanager
    def counting(self):
        """How many clicks and keys what is done within takes."""
        before = self.acts
        found = []
        yield found
        found.append(self.acts - before)

    # What one sees

    def say(self, *words, **values):
        return self.house.say(*words, **values)

    def button(self, text, context=None):
        return self.page.get_by_role("button", name=re.compile("^" + re.escape(self.say(text, context))))

    def link(self, text, context=None):
        return self.page.get_by_role("link", name=self.say(text, context), exact=True)

    def nav(self, text):
        """An entry of the sidebar."""
        return self.page.locator(".sidebar").get_by_role("link", name=self.say(text), exact=True)

    def sees(self, text, context=None, **values):
        expect(self.page.get_by_text(self.say(text, context, **values)).first).to_be_visible()

    @property
    def heading(self):
        return self.page.get_by_role("heading", level=1)

    # What the page must bear

    def look(self):
        """The page as it is, wide and narrow, light and dark: axe finds nothing, nothing sticks out. What depends on no
        word is looked at in English only."""
        told = []
        here = self.house.language == "en"
        for width, schemes in ((WIDE, ("dark", "light") if here else ("light",)), (NARROW, ("light",) if here else ())):
            self.page.set_viewport_size({"width": width[0], "height": width[1]})
            for scheme in schemes:
                self.page.emulate_media(color_scheme=scheme)
                told += [f"{width[0]} {scheme}: {one}" for one in self._faults(scheme)]
            out = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if out > 0:
                told.append(f"{width[0]}: scrolls by {out} px sideways")
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        assert not told, "\n".join([self.page.url, *told])

    def _faults(self, scheme):
        """What axe finds. Of a long table the first rows stand for all; in the dark only the colours differ."""
        options = {
            "resultTypes": ["violations"],
            "preload": False,
        }  # preloading writes styles, which the policy holds back
        if scheme == "dark":
            options["runOnly"] = ["color-contrast"]
        found = Axe().run(self.page, {"exclude": [["tbody > tr:nth-child(n + 9)"]]}, options).response["violations"]
        return [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"]]
