//! Words at instants on a plot, each with its tick, none over another.

use egui::{Color32, FontId, Pos2, Rect, Stroke, TextStyle, Ui, vec2};
use egui_plot::PlotTransform;

/// Points between two rows of words.
const ROW: f32 = 13.0;
/// Points kept between two words of a row.
const APART: f32 = 8.0;
/// Points from a tick to its word.
const BESIDE: f32 = 3.0;
/// Instants nearer than this on the screen share a word, points.
const TOGETHER: f32 = 2.5;

/// A word at an instant.
#[derive(Clone, Debug)]
pub struct Label {
    /// Seconds of UTC.
    pub at: f64,
    /// In as few words as can be.
    pub word: String,
    /// Its colour.
    pub colour: Color32,
}

/// Where a word stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The tick's place across.
    pub x: f32,
    /// The word's left edge.
    pub left: f32,
    /// From the top.
    pub row: usize,
    /// The words, with what had no room counted: `accepted +2`.
    pub text: String,
    /// Which label it is: the first of those that share the words.
    pub label: usize,
}

/// Places words in rows between two edges so that none is over another: a word goes to the first row with room, right
/// or left of its tick; one for which no row has room is counted at the word before it. `places` are (across, word) in
/// order of time; `width` measures a word.
pub fn arrange(
    places: &[(f32, String)],
    edges: (f32, f32),
    rows: usize,
    width: impl Fn(&str) -> f32,
) -> Vec<Placed> {
    let room_for_count = width(" +9");
    let mut reached = vec![f32::NEG_INFINITY; rows];
    let mut placed: Vec<Placed> = Vec::new();
    let mut counts: Vec<usize> = Vec::new();
    let mut index = 0;
    while let Some((x, _)) = places.get(index) {
        let together = places[index..].iter().take_while(|(other, _)| other - x <= TOGETHER).count().max(1);
        let text =
            places[index..index + together].iter().map(|p| p.1.as_str()).collect::<Vec<_>>().join(", ");
        let wide = width(&text) + room_for_count;
        let right = x + BESIDE;
        let left = if right + wide > edges.1 { (x - BESIDE - wide).max(edges.0) } else { right };
        if let Some(row) = reached.iter().position(|reached| reached + APART <= left) {
            reached[row] = left + wide;
            placed.push(Placed { x: *x, left, row, text, label: index });
            counts.push(0);
        } else if let Some(last) = counts.last_mut() {
            *last += together;
        }
        index += together;
    }
    for (placed, count) in placed.iter_mut().zip(counts) {
        if count > 0 {
            placed.text += &format!(" +{}", count.min(9));
        }
    }
    placed
}

/// Paints words at the top of a plot from row `first` on, in at most `rows` rows, on a ground of their own, each with its
/// tick.
pub fn paint(
    ui: &Ui,
    transform: &PlotTransform,
    labels: &[Label],
    ground: Color32,
    (first, rows): (usize, usize),
) {
    let frame = transform.frame();
    let font = TextStyle::Small.resolve(ui.style());
    let mut shown: Vec<(f32, &Label)> = labels
        .iter()
        .map(|label| (transform.position_from_point_x(label.at), label))
        .filter(|(x, _)| frame.x_range().contains(*x))
        .collect();
    shown.sort_by(|a, b| a.0.total_cmp(&b.0));
    let places: Vec<(f32, String)> = shown.iter().map(|(x, label)| (*x, label.word.clone())).collect();
    let width = |text: &str| width_of(ui, text, &font);
    let painter = ui.painter().with_clip_rect(*frame);
    let y = |row: usize| frame.top() + 2.0 + f32::from(u8::try_from(first + row).unwrap_or(u8::MAX)) * ROW;
    for (x, label) in &shown {
        let tick = [Pos2::new(*x, frame.top()), Pos2::new(*x, y(rows))];
        painter.line_segment(tick, Stroke::new(1.0, label.colour));
    }
    for placed in arrange(&places, (frame.left(), frame.right()), rows, width) {
        let Some((_, label)) = shown.get(placed.label) else { continue };
        let galley = painter.layout_no_wrap(placed.text, font.clone(), label.colour);
        let place = Pos2::new(placed.left, y(placed.row));
        // Lines that cross a word are not to be taken for letters.
        let behind = Rect::from_min_size(place, galley.size()).expand2(vec2(1.5, 0.0));
        painter.rect_filled(behind, 0.0, ground);
        painter.galley(place, galley, label.colour);
    }
}

fn width_of(ui: &Ui, text: &str, font: &FontId) -> f32 {
    ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::PLACEHOLDER).size().x
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[expect(clippy::cast_precision_loss, reason = "a few letters")]
    fn wide(text: &str) -> f32 {
        text.chars().count() as f32 * 6.0
    }

    fn arranged(places: &[(f32, &str)], rows: usize) -> Vec<(usize, String)> {
        let places: Vec<(f32, String)> = places.iter().map(|(x, w)| (*x, (*w).to_owned())).collect();
        arrange(&places, (0.0, 400.0), rows, wide).into_iter().map(|p| (p.row, p.text)).collect()
    }

    #[test]
    fn stages_a_few_seconds_apart_can_all_be_read() {
        let near = [(100.0, "received"), (101.0, "accepted"), (110.0, "started"), (112.9, "at setpoint")];
        assert_eq!(
            arranged(&near, 4),
            [(0, "received, accepted".to_owned()), (1, "started".to_owned()), (2, "at setpoint".to_owned())]
        );
        assert_eq!(
            arranged(&near, 2),
            [(0, "received, accepted".to_owned()), (1, "started +1".to_owned())],
            "what has no room is counted"
        );
        assert_eq!(arranged(&[(10.0, "a"), (200.0, "b")], 1), [(0, "a".to_owned()), (0, "b".to_owned())]);
        let edge = arrange(&[(395.0, "ended".to_owned())], (0.0, 400.0), 1, wide);
        assert!(edge[0].left + wide("ended") < 395.0, "at the edge a word stands left of its tick");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_word_is_ever_over_another(
            mut at in prop::collection::vec(0.0_f32..400.0, 0..40), rows in 1_usize..6,
        ) {
            at.sort_by(f32::total_cmp);
            let places: Vec<(f32, String)> = at.iter().map(|x| (*x, "accepted".to_owned())).collect();
            let placed = arrange(&places, (0.0, 400.0), rows, wide);
            for (i, a) in placed.iter().enumerate() {
                prop_assert!(a.row < rows);
                for b in &placed[i + 1..] {
                    let apart = a.left + wide(&a.text) <= b.left || b.left + wide(&b.text) <= a.left;
                    prop_assert!(a.row != b.row || apart, "{a:?} {b:?}");
                }
            }
            prop_assert_eq!(placed.is_empty(), places.is_empty());
        }
    }
}
