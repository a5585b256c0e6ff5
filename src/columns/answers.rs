//! What expressions come to: yes or no for each row, or one value that stands for all of them.

use polars::prelude::*;

/// The rows for which an answer is yes.
pub(crate) fn held(answers: &BooleanChunked) -> impl Iterator<Item = usize> {
    let mut before = 0;
    answers.downcast_iter().flat_map(move |piece| {
        let first = before;
        before += piece.len();
        let yes = piece.values().true_idx_iter();
        yes.filter(|&row| piece.validity().is_none_or(|v| v.get_bit(row)))
            .map(move |row| first + row)
    })
}

/// A column of yes and no; one value for all rows becomes a value for each.
pub(crate) fn yes_no(column: &Column, height: usize) -> PolarsResult<BooleanChunked> {
    let column = of_height(column, height);
    Ok(column.as_materialized_series().bool()?.rechunk().into_owned())
}

/// A column with a value for each of `height` rows.
pub(crate) fn of_height(column: &Column, height: usize) -> Column {
    if column.len() == height { column.clone() } else { column.new_from_index(0, height) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_answer_is_no_yes_in_whatever_pieces_answers_come() {
        let mut answers: BooleanChunked = [Some(true), None, Some(false)].into_iter().collect();
        assert_eq!(held(&answers).collect::<Vec<_>>(), [0]);
        answers.append(&[Some(true)].into_iter().collect()).expect("answers");
        assert_eq!(held(&answers).collect::<Vec<_>>(), [0, 3]);
    }

    #[test]
    fn one_value_stands_for_all_rows() {
        let one = Column::new("holds".into(), [true]);
        assert_eq!(held(&yes_no(&one, 3).expect("answers")).count(), 3);
    }
}
