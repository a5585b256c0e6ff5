//! The timeline of one family, on pages of A4 across: windows as bars, rows as marks, each verdict
//! with its reason beside it.

use crate::calendar::Day;
use crate::definitions::verdict::Verdict;
use crate::explain::{Lane, Mark, Story, Timeline};
use crate::render::RenderError;
use crate::render::chart::canvas::{Align, Canvas, Place, Title, Type};
use crate::render::chart::palette::{CATEGORIES, Colour, GREY, GRID, INK, MAIN, WHITE};

/// A4 across, at the size at which 13 pixels are a little over 9 points.
const WIDTH: f64 = 1120.0;
const HEIGHT: f64 = 790.0;
const MARGIN: f64 = 24.0;
/// Where the line of time begins and ends.
const LEFT: f64 = 250.0;
const RIGHT: f64 = 800.0;
/// Where verdicts begin.
const WORDS: f64 = 824.0;
/// The height of the row of one test.
const LANE: f64 = 26.0;
/// Rows nearer than this are drawn as one mark with their number.
const NEAR: f64 = 11.0;

const WINDOW: Colour = (0xC6, 0xD5, 0xE3);
const BASELINE: Colour = (0xE9, 0xE4, 0xF5);

/// Draws the timeline, one SVG for each page; one page at least.
///
/// # Errors
/// When plotters cannot draw it.
pub fn timeline(timeline: &Timeline) -> Result<Vec<String>, RenderError> {
    let line = Line::of(timeline);
    let head = line.head_height(timeline)?;
    let mut pages: Vec<Vec<&Story>> = vec![Vec::new()];
    let mut y = head;
    for story in &timeline.stories {
        let height = story_height(story)?;
        let last = pages.last().is_some_and(|p| !p.is_empty());
        if last && y + height > HEIGHT - MARGIN - 30.0 {
            pages.push(Vec::new());
            y = head;
        }
        if let Some(page) = pages.last_mut() {
            page.push(story);
        }
        y += height;
    }
    let of = pages.len();
    let draw =
        |(number, stories): (usize, Vec<&Story>)| page(timeline, &line, &stories, number + 1, of);
    pages.into_iter().enumerate().map(draw).collect()
}

fn page(
    timeline: &Timeline,
    line: &Line,
    stories: &[&Story],
    number: usize,
    of: usize,
) -> Result<String, RenderError> {
    let which = if of > 1 { format!(", page {number} of {of}") } else { String::new() };
    let heading = format!("{}, as at {}{which}", timeline.heading, timeline.as_at);
    let description = description(timeline, stories);
    let id = format!("timeline-{number}");
    let title = Title { id: &id, title: &heading, description: &description };
    Canvas::draw(&title, WIDTH, |canvas| {
        let large = Type { size: 20.0, ..Type::BOLD };
        canvas.text(&heading, (MARGIN, MARGIN + 10.0), Align::Left, large)?;
        let top = line.head(canvas, timeline, MARGIN + 34.0)?;
        // The lines of the dates lie under everything else, so their ends have to be known first.
        let mut bottom = top;
        for story in stories {
            bottom += story_height(story)?;
        }
        line.grid(canvas, timeline, top, bottom)?;
        let mut y = top;
        for story in stories {
            y = draw_story(canvas, line, story, y)?;
        }
        if stories.is_empty() {
            canvas.text("No need was found.", (MARGIN, y + 14.0), Align::Left, Type::PLAIN)?;
            y += 28.0;
        }
        key(canvas, y + 16.0)?;
        Ok((y + 34.0).max(if of > 1 { HEIGHT } else { 0.0 }))
    })
}

/// Days as places from left to right.
struct Line {
    first: Day,
    last: Day,
}

impl Line {
    fn of(timeline: &Timeline) -> Self {
        let (first, last) = timeline.span();
        // A little air, so that nothing sits on the very edge.
        let air = ((last.0 - first.0) / 40).max(2);
        Self { first: first.plus_days(-air), last: last.plus_days(air) }
    }

    fn x(&self, day: Day) -> f64 {
        let day = day.clamp(self.first, self.last);
        let whole = f64::from(self.last.0 - self.first.0).max(1.0);
        LEFT + (RIGHT - LEFT) * f64::from(day.0 - self.first.0) / whole
    }

    /// The first days of months to be written, and how: years, quarters or months, as there is room.
    fn ticks(&self) -> Vec<(Day, String)> {
        let months = (self.last.0 - self.first.0) / 30;
        let step = if months > 48 {
            12
        } else if months > 16 {
            3
        } else {
            1
        };
        let mut ticks = Vec::new();
        let mut day = Day::from_ymd(self.first.year(), 1, 1);
        while let Some(now) = day.filter(|d| *d <= self.last) {
            if now >= self.first {
                ticks.push((now, tick_words(now)));
            }
            day = Some(now.plus_months(step));
        }
        ticks
    }

    /// The named dates and the day of judgement, each with the row on which its name has room.
    fn names(&self, timeline: &Timeline) -> Result<Vec<(Day, String, usize)>, RenderError> {
        let as_at = (timeline.as_at, "as at".to_owned());
        let mut dates: Vec<(Day, String)> = timeline.dates.clone();
        if (self.first..=self.last).contains(&timeline.as_at) {
            dates.push(as_at);
        }
        dates.sort();
        let mut rows: Vec<f64> = Vec::new();
        let mut placed = Vec::new();
        for (day, name) in dates {
            let words = format!("{name} {}", short(day));
            let half = Type::SMALL.width(&words)? / 2.0;
            let middle = self.x(day).clamp(LEFT - 100.0 + half, RIGHT - half + 100.0);
            let row = rows.iter().position(|end| *end + 10.0 <= middle - half);
            let row = row.unwrap_or_else(|| {
                rows.push(f64::MIN);
                rows.len() - 1
            });
            if let Some(end) = rows.get_mut(row) {
                *end = middle + half;
            }
            placed.push((day, words, row));
        }
        Ok(placed)
    }

    fn head_height(&self, timeline: &Timeline) -> Result<f64, RenderError> {
        let rows = self.names(timeline)?.iter().map(|(_, _, row)| row + 1).max().unwrap_or(0);
        Ok(MARGIN + 34.0 + rows as f64 * 18.0 + 32.0)
    }

    /// Names of dates in as many rows as they need, and the scale below them; gives the place below.
    fn head(
        &self,
        canvas: &mut Canvas<'_>,
        timeline: &Timeline,
        top: f64,
    ) -> Result<f64, RenderError> {
        let names = self.names(timeline)?;
        let rows = names.iter().map(|(_, _, row)| row + 1).max().unwrap_or(0);
        let axis = top + rows as f64 * 18.0 + 8.0;
        for (day, _, row) in &names {
            let y = top + (rows - 1 - row) as f64 * 18.0;
            canvas.line((self.x(*day), y), (self.x(*day), axis), GRID, 1.0)?;
        }
        for (day, words, row) in &names {
            let x = self.x(*day);
            let half = Type::SMALL.width(words)? / 2.0;
            let middle = x.clamp(LEFT - 100.0 + half, RIGHT - half + 100.0);
            // The first row is the lowest, next to the scale.
            let y = top + (rows - 1 - row) as f64 * 18.0;
            canvas.rectangle(
                (middle - half - 3.0, y - 8.0),
                (middle + half + 3.0, y + 8.0),
                WHITE,
            )?;
            let colour = if words.starts_with("as at") { INK } else { GREY };
            canvas.text(words, (middle, y), Align::Middle, Type { colour, ..Type::SMALL })?;
        }
        canvas.line((LEFT, axis), (RIGHT, axis), GREY, 1.0)?;
        let mut free_from = f64::MIN;
        for (day, words) in self.ticks() {
            let x = self.x(day);
            canvas.line((x, axis), (x, axis + 5.0), GREY, 1.0)?;
            let half = Type::SMALL.width(&words)? / 2.0;
            if x - half > free_from {
                canvas.text(&words, (x, axis + 14.0), Align::Middle, Type::SMALL)?;
                free_from = x + half + 8.0;
            }
        }
        Ok(axis + 24.0)
    }

    /// The named dates as thin lines through everything; the day of judgement in dashes.
    fn grid(
        &self,
        canvas: &mut Canvas<'_>,
        timeline: &Timeline,
        top: f64,
        bottom: f64,
    ) -> Result<(), RenderError> {
        for (day, _) in &timeline.dates {
            canvas.line((self.x(*day), top), (self.x(*day), bottom), GRID, 1.0)?;
        }
        if (self.first..=self.last).contains(&timeline.as_at) {
            let x = self.x(timeline.as_at);
            canvas.dashes((x, top), (x, bottom), GREY, 1.0)?;
        }
        Ok(())
    }
}

fn tick_words(day: Day) -> String {
    if day.month() == 1 { day.year().to_string() } else { month(day).to_owned() }
}

fn short(day: Day) -> String {
    format!("{} {} {}", day.day_of_month(), month(day), day.year())
}

fn month(day: Day) -> &'static str {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let place = usize::try_from(day.month()).unwrap_or(1).saturating_sub(1);
    MONTHS.get(place).copied().unwrap_or_default()
}

/// The words of a story: its name and title on the left of the page, wrapped.
fn title_lines(story: &Story) -> Result<Vec<String>, RenderError> {
    Type::BOLD.wrap(&story.title, WORDS - MARGIN - 24.0)
}

fn reason_lines(story: &Story) -> Result<Vec<String>, RenderError> {
    Type::SMALL.wrap(&story.reason, WIDTH - MARGIN - WORDS)
}

fn lane_lines(lane: &Lane) -> Result<Vec<String>, RenderError> {
    let source = lane.source.as_deref().unwrap_or("the case's own record");
    // What a source's title has in brackets explains it, and there is no room for that here.
    let source = source.split(" (").next().unwrap_or(source);
    let words = format!("{}: {source}", lane.test.replace('_', " "));
    Type::SMALL.wrap(&words, LEFT - MARGIN - 14.0)
}

fn lane_height(lane: &Lane) -> Result<f64, RenderError> {
    let lines = lane_lines(lane)?.len() as f64;
    Ok((lines * Type::SMALL.line_height() + 8.0).max(LANE))
}

fn story_height(story: &Story) -> Result<f64, RenderError> {
    let head = title_lines(story)?.len() as f64 * Type::BOLD.line_height();
    let mut lanes = 0.0;
    for lane in &story.lanes {
        lanes += lane_height(lane)?;
    }
    let left = head + 3.0 + lanes;
    let right = Type::BOLD.line_height()
        + (reason_lines(story)?.len() as f64 + 0.2) * Type::SMALL.line_height();
    let right = if story.lanes.len() > 1 { right.min(head + 3.0 + LANE) } else { right };
    Ok(left.max(right) + 12.0)
}

fn draw_story(
    canvas: &mut Canvas<'_>,
    line: &Line,
    story: &Story,
    top: f64,
) -> Result<f64, RenderError> {
    canvas.line((MARGIN, top), (WIDTH - MARGIN, top), GRID, 1.0)?;
    let y = top + 14.0;
    let kind = story.name.split('.').nth(1).unwrap_or_default();
    // The title lies over the lines of the dates: it gets paper of its own.
    let titles = title_lines(story)?;
    let widest = Type::BOLD.widest(titles.iter().map(String::as_str))?;
    let height = titles.len() as f64 * Type::BOLD.line_height();
    canvas.rectangle((MARGIN, y - 8.0), (MARGIN + widest + 4.0, y - 8.0 + height), WHITE)?;
    let mut y = canvas.lines(&titles, (MARGIN, y), Align::Left, Type::BOLD)?;
    let words = format!("{} {}", capital(kind), said(story.verdict));
    let verdict = Type { colour: colour_of(story.verdict), ..Type::BOLD };
    let right = canvas.lines(&[words], (WORDS, top + 14.0), Align::Left, verdict)?;
    let reasons = reason_lines(story)?;
    canvas.lines(&reasons, (WORDS, right), Align::Left, Type::SMALL)?;
    let reason_end = right + reasons.len() as f64 * Type::SMALL.line_height();
    y += 3.0;
    for lane in &story.lanes {
        let height = lane_height(lane)?;
        let middle = y + height / 2.0 - 4.0;
        draw_lane(canvas, line, lane, y, middle)?;
        // With one test its verdict is the story's, which stands above.
        if story.lanes.len() > 1 && middle > reason_end {
            let verdict = lane.verdict.map_or("not asked", said);
            let words = format!("{}: {verdict}", lane.test.replace('_', " "));
            canvas.text(&words, (WORDS, middle), Align::Left, Type::SMALL)?;
        }
        y += height;
    }
    Ok((top + story_height(story)?).max(y))
}

fn draw_lane(
    canvas: &mut Canvas<'_>,
    line: &Line,
    lane: &Lane,
    top: f64,
    middle: f64,
) -> Result<(), RenderError> {
    let lines = lane_lines(lane)?;
    let start = middle - (lines.len() as f64 - 1.0) * Type::SMALL.line_height() / 2.0;
    canvas.lines(&lines, (MARGIN + 8.0, start.max(top)), Align::Left, Type::SMALL)?;
    for (days, colour) in [(lane.baseline, BASELINE), (lane.window, WINDOW)] {
        let Some((first, last)) = days else { continue };
        let from = (line.x(first), middle - 8.0);
        let to = (line.x(last.plus_days(1)).max(line.x(first) + 3.0), middle + 8.0);
        canvas.rectangle(from, to, colour)?;
    }
    if lane.source.is_some() && lane.window.is_none() {
        canvas.text("no dates yet", (LEFT, middle), Align::Left, Type::SMALL)?;
    }
    draw_marks(canvas, line, lane, middle)
}

/// Stretches as thin bars, days as discs; days that would touch each other become one disc with their
/// number in it.
fn draw_marks(
    canvas: &mut Canvas<'_>,
    line: &Line,
    lane: &Lane,
    middle: f64,
) -> Result<(), RenderError> {
    let stretches: Vec<&Mark> = lane.marks.iter().filter(|m| !m.is_a_day()).collect();
    // Stretches of one test may overlap: they go round three heights.
    for (number, mark) in stretches.iter().enumerate() {
        let Some(from) = mark.from else { continue };
        let to = mark.to.unwrap_or(line.last);
        let y = middle - 4.0 + 4.0 * (number % 3) as f64;
        let place: Place = (line.x(from), y - 1.5);
        canvas.rectangle(place, (line.x(to).max(place.0 + 3.0), y + 1.5), MAIN)?;
    }
    let mut days: Vec<f64> = lane
        .marks
        .iter()
        .filter(|m| m.is_a_day())
        .filter_map(|m| m.from)
        .map(|day| line.x(day))
        .collect();
    days.sort_by(f64::total_cmp);
    let mut clusters: Vec<(f64, f64, usize)> = Vec::new();
    for x in days {
        match clusters.last_mut() {
            Some((_, last, count)) if x - *last < NEAR => {
                *last = x;
                *count += 1;
            }
            _ => clusters.push((x, x, 1)),
        }
    }
    for (first, last, count) in clusters {
        if count == 1 {
            canvas.disc((first, middle), 5.0, MAIN)?;
            continue;
        }
        let words = count.to_string();
        let half = (Type::SMALL.width(&words)? / 2.0 + 5.0).max((last - first) / 2.0 + 5.0);
        let centre = f64::midpoint(first, last);
        canvas.disc((centre - half + 8.0, middle), 8.0, MAIN)?;
        canvas.disc((centre + half - 8.0, middle), 8.0, MAIN)?;
        if half > 8.0 {
            let from = (centre - half + 8.0, middle - 8.0);
            canvas.rectangle(from, (centre + half - 8.0, middle + 8.0), MAIN)?;
        }
        let white = Type { colour: WHITE, bold: true, ..Type::SMALL };
        canvas.text(&words, (centre, middle), Align::Middle, white)?;
    }
    Ok(())
}

/// What the marks mean.
fn key(canvas: &mut Canvas<'_>, y: f64) -> Result<(), RenderError> {
    let mut x = MARGIN;
    canvas.rectangle((x, y - 7.0), (x + 26.0, y + 7.0), WINDOW)?;
    x = after(canvas, x + 32.0, y, "window")?;
    canvas.rectangle((x, y - 7.0), (x + 26.0, y + 7.0), BASELINE)?;
    x = after(canvas, x + 32.0, y, "baseline")?;
    canvas.disc((x + 5.0, y), 5.0, MAIN)?;
    x = after(canvas, x + 16.0, y, "a row (a number: so many rows close together)")?;
    canvas.rectangle((x, y - 1.5), (x + 26.0, y + 1.5), MAIN)?;
    x = after(canvas, x + 32.0, y, "a row that lasts")?;
    canvas.dashes((x, y), (x + 26.0, y), GREY, 1.0)?;
    after(canvas, x + 32.0, y, "the day of judgement")?;
    Ok(())
}

fn after(canvas: &mut Canvas<'_>, x: f64, y: f64, words: &str) -> Result<f64, RenderError> {
    canvas.text(words, (x, y), Align::Left, Type::SMALL)?;
    Ok(x + Type::SMALL.width(words)? + 22.0)
}

fn said(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Met => "met",
        Verdict::NotMet => "not met",
        Verdict::Pending => "pending",
        Verdict::Unknown => "unknown",
        Verdict::NotApplicable => "not applicable",
    }
}

/// Met and not met can be told apart by colour; the word says it to everybody.
fn colour_of(verdict: Verdict) -> Colour {
    match verdict {
        Verdict::Met => CATEGORIES[0],
        Verdict::NotMet => CATEGORIES[2],
        _ => GREY,
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// The page for those who do not see it: dates and verdicts in sentences.
fn description(timeline: &Timeline, stories: &[&Story]) -> String {
    let dates: Vec<String> =
        timeline.dates.iter().map(|(day, name)| format!("{name} {day}")).collect();
    let mut said_all = vec![format!("Dates: {}.", dates.join(", "))];
    said_all.extend(
        stories.iter().map(|s| format!("{}: {}, because {}.", s.title, said(s.verdict), s.reason)),
    );
    said_all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u32, day: u32) -> Day {
        Day::from_ymd(2025, month, day).expect("a day")
    }

    fn story(number: usize, days: &[Day]) -> Story {
        let mark =
            |day: &Day| Mark { from: Some(*day), to: Some(*day), label: "police row 1".to_owned() };
        Story {
            name: format!("rules.need.need{number}"),
            title: format!("Need {number}"),
            verdict: Verdict::Met,
            reason: "quiet holds".to_owned(),
            lanes: vec![Lane {
                test: "quiet".to_owned(),
                source: Some("Police (linked)".to_owned()),
                window: Some((day(1, 1), day(6, 30))),
                baseline: None,
                known_to: None,
                verdict: Some(Verdict::Met),
                marks: days.iter().map(mark).collect(),
            }],
        }
    }

    fn drawn(stories: Vec<Story>) -> Vec<String> {
        let dates = vec![(day(1, 1), "identified".to_owned()), (day(1, 2), "started".to_owned())];
        let heading = "Case 1".to_owned();
        timeline(&Timeline { heading, as_at: day(9, 30), dates, stories }).expect("pages")
    }

    #[test]
    fn rows_too_close_to_tell_apart_are_one_mark_with_their_number() {
        let [page] = &drawn(vec![story(1, &[day(3, 1), day(3, 2), day(3, 3), day(6, 1)])])[..]
        else {
            panic!("one page");
        };
        assert!(page.contains("\n3\n"), "{page}");
        // Two discs at the ends of the number's mark, one alone, one in the key.
        assert_eq!(page.matches("<circle").count(), 4);
        assert!(page.contains("Need 1: met, because quiet holds."));
        assert!(!page.contains("(linked)"));
    }

    #[test]
    fn names_of_dates_near_each_other_stand_on_rows_of_their_own() {
        let line = Line { first: day(1, 1), last: day(12, 31) };
        let dates = vec![(day(5, 1), "identified".to_owned()), (day(5, 3), "started".to_owned())];
        let heading = String::new();
        let t = Timeline { heading, as_at: day(12, 31), dates, stories: Vec::new() };
        let rows: Vec<usize> =
            line.names(&t).expect("names").into_iter().map(|(_, _, row)| row).collect();
        assert_eq!(rows, [0, 1, 0]);
    }

    #[test]
    fn a_long_family_takes_as_many_pages_as_it_needs() {
        let pages = drawn((1..=30).map(|n| story(n, &[])).collect());
        assert!(pages.len() > 1);
        for number in 1..=30 {
            let title = format!("\nNeed {number}\n");
            assert_eq!(pages.iter().filter(|p| p.contains(&title)).count(), 1, "{title}");
        }
    }
}
