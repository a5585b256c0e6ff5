//! A timeline for the terminal: bars of characters under one ruler, and the same in sentences.

use crate::calendar::Day;
use crate::explain::timeline::{Lane, Mark, Timeline};

/// How many characters the line of time is long.
const WIDTH: i32 = 64;

/// The timeline as text, in lines that begin with `indent`.
#[must_use]
pub fn text(timeline: &Timeline, indent: &str) -> String {
    let scale = Scale::of(timeline);
    let mut lines = vec![format!("{}, as at {}", timeline.heading, timeline.as_at)];
    let dates =
        timeline.dates.iter().map(|(day, what)| format!("  {:>17}  {what}", day.to_string()));
    lines.extend(dates);
    lines.push(String::new());
    lines.extend(scale.ruler().into_iter().map(|l| format!("  {l}")));
    for story in &timeline.stories {
        lines.push(String::new());
        lines.push(format!(
            "{}: {}, because {}",
            story.name,
            said(story.verdict.word()),
            story.reason
        ));
        lines.push(format!("  {}", story.title));
        for lane in &story.lanes {
            lines.extend(of_lane(lane, &scale).into_iter().map(|l| format!("  {l}")));
        }
    }
    if timeline.stories.is_empty() {
        lines.push("No need was found.".to_owned());
    }
    lines
        .into_iter()
        .map(|line| {
            let line = format!("{indent}{line}");
            format!("{}\n", line.trim_end())
        })
        .collect()
}

fn of_lane(lane: &Lane, scale: &Scale) -> Vec<String> {
    let verdict = lane.verdict.map_or_else(|| "not asked".to_owned(), |v| said(v.word()));
    let Some(source) = &lane.source else {
        return vec![format!("{}: {verdict}", lane.test.replace('_', " "))];
    };
    let window = match lane.window {
        Some((first, last)) if first == last => first.to_string(),
        Some((first, last)) => format!("{first} to {last}"),
        None => "no dates yet".to_owned(),
    };
    let baseline = lane
        .baseline
        .map(|(first, last)| format!("; baseline {first} to {last}"))
        .unwrap_or_default();
    let mut lines = vec![
        format!("{}: {verdict} \u{b7} {source}, {window}{baseline}", lane.test.replace('_', " ")),
        scale.bar(lane),
    ];
    for mark in &lane.marks {
        let out = if lane.holds(mark) { "" } else { " (outside the window)" };
        lines.push(format!("  {:>17}  {}{out}", when(mark), mark.label));
    }
    lines
}

fn when(mark: &Mark) -> String {
    match (mark.from, mark.to) {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("{from}, still open"),
        _ => "no date".to_owned(),
    }
}

fn said(word: &str) -> String {
    word.replace('_', " ")
}

/// Days as places on the line.
struct Scale {
    first: Day,
    last: Day,
    as_at: Day,
    dates: Vec<Day>,
}

impl Scale {
    fn of(timeline: &Timeline) -> Self {
        let (first, last) = timeline.span();
        let dates = timeline.dates.iter().map(|(day, _)| *day).collect();
        Self { first, last, as_at: timeline.as_at, dates }
    }

    /// The place of a day, 0 to one less than the width; days beyond an end stand at it.
    fn place(&self, day: Day) -> usize {
        let day = day.clamp(self.first, self.last);
        let whole = i64::from(self.last.0 - self.first.0).max(1);
        let place = i64::from(day.0 - self.first.0) * i64::from(WIDTH - 1) / whole;
        usize::try_from(place).unwrap_or(0)
    }

    fn blank(&self, fill: char) -> Vec<char> {
        vec![fill; usize::try_from(WIDTH).unwrap_or(0)]
    }

    /// Years, and where the named dates and the day of judgement are.
    fn ruler(&self) -> Vec<String> {
        let mut years = self.blank(' ');
        let mut free_from = 0;
        for year in self.first.year()..=self.last.year() {
            let Some(day) = Day::from_ymd(year, 1, 1) else { continue };
            let at = self.place(day);
            if (day < self.first && free_from > 0) || at < free_from {
                continue;
            }
            for (slot, letter) in years.iter_mut().skip(at).zip(year.to_string().chars()) {
                *slot = letter;
            }
            free_from = at + 6;
        }
        let mut marks = self.blank('\u{b7}');
        for day in &self.dates {
            put(&mut marks, self.place(*day), '|');
        }
        if (self.first..=self.last).contains(&self.as_at) {
            put(&mut marks, self.place(self.as_at), '^');
        }
        vec![years.into_iter().collect(), marks.into_iter().collect()]
    }

    /// The window as a bar, the baseline as a thinner one, rows as dots and stretches.
    fn bar(&self, lane: &Lane) -> String {
        let mut line = self.blank('\u{b7}');
        for (days, fill) in [(lane.baseline, '\u{2500}'), (lane.window, '\u{2550}')] {
            let Some((first, last)) = days else { continue };
            for at in self.place(first)..=self.place(last) {
                put(&mut line, at, fill);
            }
        }
        for mark in &lane.marks {
            let Some(from) = mark.from else { continue };
            let (from, to) = (self.place(from), self.place(mark.to.unwrap_or(self.last)));
            let sign = if mark.is_a_day() { '\u{25cf}' } else { '\u{2592}' };
            for at in from..=to {
                put(&mut line, at, sign);
            }
        }
        line.into_iter().collect()
    }
}

fn put(line: &mut [char], at: usize, sign: char) {
    if let Some(slot) = line.get_mut(at) {
        *slot = sign;
    }
}
