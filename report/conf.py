"""Sphinx: the executed notebooks as chapters, everything local, nothing executed here."""

project = "schedlab"
author = ""
copyright = ""
extensions = ["myst_nb", "schedlab.pipeline.mathml"]

nb_execution_mode = "off"
nb_merge_streams = True
nb_code_prompt_show = "Show code"
nb_code_prompt_hide = "Hide code"
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "attrs_inline"]
html_math_renderer = "mathml"
math_numfig = True

html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_css_files = ["schedlab.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("schedlab.js", "words.js", "glossary.js")]
html_favicon = "_static/mark.svg"
html_logo = "_static/mark.svg"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it fetches pages, which a page opened from a file may not
html_context = {"default_mode": "auto"}
html_theme_options = {
    "logo": {"text": "schedlab", "alt_text": "schedlab"},
    "navbar_persistent": [],
    "navbar_start": [],
    "navbar_center": [],
    "navbar_end": [],
    "article_header_end": ["theme-switcher", "search-button", "toggle-secondary-sidebar"],
    "footer_content_items": [],
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
    "home_page_in_toc": True,
}
