"""Reading and sending pages as a browser does: the fields of a form as they stand, some of them changed."""

import re
from html.parser import HTMLParser


class _Form(HTMLParser):
    """The forms of the page with this id (or action), as name and value pairs in order."""

    def __init__(self, wanted):
        super().__init__()
        self.is_wanted = wanted if callable(wanted) else lambda attrs: wanted in (attrs.get("id"), attrs.get("action"))
        self.inside, self.pairs = False, []
        self.select = self.area = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = self.is_wanted(attrs)
        if not self.inside or "disabled" in attrs:
            return
        name, value = attrs.get("name"), attrs.get("value", "")
        if tag == "input" and name:
            if attrs.get("type") in ("checkbox", "radio"):
                if "checked" in attrs:
                    self.pairs.append((name, attrs.get("value", "on")))
            else:
                self.pairs.append((name, value))
        elif tag == "select":
            self.select, self.first, self.multiple = name, None, "multiple" in attrs
        elif tag == "option" and self.select:
            if "selected" in attrs:
                self.pairs.append((self.select, value))
                self.first = None if not self.multiple else self.first
                self.chosen = self.select
            elif self.first is None and getattr(self, "chosen", None) != self.select:
                self.first = value
        elif tag == "textarea":
            self.area = [name, ""]

    def handle_data(self, data):
        if self.area:
            self.area[1] += data

    def handle_endtag(self, tag):
        if tag == "select" and self.select:
            if getattr(self, "chosen", None) != self.select and self.first is not None and not self.multiple:
                self.pairs.append((self.select, self.first))
            self.select = None
        elif tag == "textarea" and self.area:
            self.pairs.append((self.area[0], self.area[1].removeprefix("\n")))
            self.area = None
        elif tag == "form":
            self.inside = False


def fields(response, form="set-up"):
    """``{name: [values]}`` of a form of the page, in the order in which they stand; ``form`` is its id, its action, or
    says of the attributes of a form whether it is the one."""
    parser = _Form(form)
    parser.feed(response.content.decode())
    found = {}
    for name, value in parser.pairs:
        found.setdefault(name, []).append(value)
    found.pop("csrfmiddlewaretoken", None)
    return found


def send(browser, url, form="set-up", **changes):
    """Open the page, change some fields of its form (``None`` leaves one out), send it."""
    data = fields(browser.get(url), form)
    for name, value in changes.items():
        data[name] = value if isinstance(value, list) else [value]
        if value is None:
            del data[name]
    return browser.post(url, data)


def field_errors(response):
    """The sentences beside the fields, by the id of each field."""
    text = response.content.decode()
    found = re.findall(r'<p class="field__error" id="(\w+)-error">.*?<span>(.*?)</span></p>', text, re.S)
    return dict(found)


def edited(browser, url, **changes):
    """The form as the page brings it, with some fields changed, posted."""
    page = browser.get(url)
    form = page.context["form"]
    data = {}
    for name, field in form.fields.items():
        value = field.prepare_value(form.get_initial_for_field(field, name))
        if isinstance(value, tuple):
            data[name], data[f"{name}_name"] = value
        else:
            data[name] = "" if value is None else value
    return browser.post(url, data | changes)
