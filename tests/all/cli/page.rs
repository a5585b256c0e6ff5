//! What a page says, as text that a person can read: the golden report, and what each part of it holds.

/// The text of a page, a line for each paragraph, heading or row of a table; of a picture its title and
/// description. Folded parts stand where they are unfolded.
pub(super) fn lines(html: &str) -> Vec<String> {
    let body = html.split_once("<body").expect("a body").1;
    let mut lines = vec![String::new()];
    let mut pieces = body.split('<');
    let mut in_picture = false;
    let mut spoken = false;
    // What stands before the first tag belongs to the body's own.
    pieces.next();
    for piece in pieces {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let name = tag.split([' ', '/', '\n']).find(|part| !part.is_empty()).unwrap_or("");
        let closes = tag.starts_with('/');
        match name {
            "svg" => in_picture = !closes,
            "title" | "desc" => spoken = !closes,
            _ => {}
        }
        let of_line = ["td", "th", "b", "span", "a", "code", "dd"];
        let begins = !closes && !of_line.contains(&name) && (!in_picture || spoken);
        if begins && lines.last().is_some_and(|line| !line.is_empty()) {
            lines.push(String::new());
        }
        let line = lines.last_mut().expect("there is always one");
        if !closes && ["td", "th", "dd"].contains(&name) && !line.is_empty() {
            line.push_str(" | ");
        }
        if !in_picture || spoken {
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let gap =
                text.starts_with(char::is_whitespace) && !line.is_empty() && !words.is_empty();
            line.push_str(if gap { " " } else { "" });
            line.push_str(&plain(&words));
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

fn plain(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
        ("&#38;", "&"),
        ("&#60;", "<"),
        ("&#62;", ">"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (code, sign)| text.replace(code, sign))
}
