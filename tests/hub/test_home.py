"""The home page."""

TEXT = "# Rules\n\nThe police may use it. It is not allowed elsewhere.\n"


def test_an_empty_library_says_how_to_fill_it(page):
    home = page("/")
    assert "flask library import" in home.text_content()
    assert not home.xpath("//textarea")


def test_the_ask_box_posts_to_the_assistant(page, shelf):
    shelf.add("rules.md", TEXT, language="en")
    form = page("/").xpath("//form[.//textarea[@name='question']]")[0]
    assert form.get("method") == "post"
    assert form.get("action") == "/assistant/ask"


def test_example_questions_can_be_asked_with_one_press(page, shelf):
    shelf.add("rules.md", TEXT, language="en")
    pressed = page("/").xpath("//form[@method='post']//button[@name='question']/@value")
    assert 3 <= len(pressed) <= 4
    assert all(question.endswith("?") for question in pressed)


def test_newest_documents_come_first_and_five_at_most(page, shelf):
    for number in range(6):
        shelf.add(f"{number}.md", TEXT + str(number), title=f"Rule {number}", language="en")
    titles = [each.text_content() for each in page("/").xpath("//article//h3")]
    assert titles == [f"Rule {number}" for number in (5, 4, 3, 2, 1)]


def test_languages_are_counted_and_lead_to_the_filtered_list(page, shelf):
    shelf.add("a.md", TEXT + "a", language="en")
    shelf.add("b.md", TEXT + "b", language="en")
    shelf.add("c.md", TEXT + "c", language="el")
    home = page("/")
    counts = {
        link.text_content(): link.getnext().text_content()
        for link in home.xpath("//section[h2/@id='by-language']//a")
    }
    assert counts == {"English": "2", "Greek": "1"}
    assert "/library?language=el" in home.xpath("//a/@href")
