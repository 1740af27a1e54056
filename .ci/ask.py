"""Asks a running hub a question as a browser without script does: .ci/ask.py ADDRESS QUESTION WORDS

Ends with status 0 where a quote of the answer holds WORDS, with 1 where the answer is another one,
and with 2 where the hub does not answer yet. Standard library alone.
"""

import html
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
QUOTES = re.compile(r"<blockquote.*?</blockquote>", re.S)


def main(address: str, question: str, words: str) -> int:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    try:
        with browser.open(f"{address}/assistant", timeout=60) as page:
            token = TOKEN.search(page.read().decode())
    except urllib.error.HTTPError as problem:
        print(f"the hub answers with status {problem.code}")
        return 1
    except OSError:
        return 2
    if token is None:
        print("the page has no form to ask with")
        return 1
    fields = urllib.parse.urlencode({"question": question, "csrf_token": token[1]}).encode()
    request = urllib.request.Request(f"{address}/assistant/ask", fields, {"Referer": address})
    with browser.open(request, timeout=120) as page:
        quotes = [plain(quote) for quote in QUOTES.findall(page.read().decode())]
    print("\n".join(quotes) or "no quote came back")
    return 0 if any(words in quote for quote in quotes) else 1


def plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
