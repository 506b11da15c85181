//! What is shown, into a file: its minutes as CSV, its plot as PNG or SVG.

use egui::{Button, RichText, Ui};

use crate::console::plot::instant::instant;
use crate::console::theme::Tokens;
use crate::console::words;
use crate::desk::snapshot::Snapshot;
use crate::time::UtcTime;

use super::shown::Shown;
use super::{csv, picture};

/// The kinds of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The minutes as a table.
    Csv,
    /// The plot as pixels.
    Png,
    /// The plot as a drawing.
    Svg,
}

impl Format {
    /// All of them, in order of the buttons.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Png, Self::Svg];

    fn word(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Png => "PNG",
            Self::Svg => "SVG",
        }
    }

    fn means(self) -> &'static str {
        match self {
            Self::Csv => "Every minute of the time that is shown, for a spreadsheet",
            Self::Png => "The time that is shown as a picture, on white, for a report",
            Self::Svg => "The same picture as a drawing that stays sharp at any size",
        }
    }
}

/// What makes the content of a file, or says why it cannot.
type Content = Box<dyn FnOnce() -> Result<Vec<u8>, String> + Send>;

/// A file to be.
pub struct ExportedFile {
    /// The name that it is offered under.
    pub name: String,
    /// Made away from the frame.
    pub content: Content,
}

/// A button for each kind; which was pressed.
pub fn buttons(ui: &mut Ui, tokens: &Tokens, is_under_way: bool) -> Option<Format> {
    ui.label(RichText::new("Export").color(tokens.weak));
    let mut pressed = None;
    for format in Format::ALL {
        let button = ui.add_enabled(!is_under_way, Button::new(format!("{} …", format.word())));
        let button = button.accessible_name(format!("Export {}", format.word()));
        if button.on_hover_text(format.means()).clicked() {
            pressed = Some(format);
        }
    }
    pressed
}

/// The file that tells what is shown between two instants (seconds of UTC); `None` for a dispatch without a document.
/// What is drawn is settled now; it is put into its form when the file is written.
pub fn file(
    snapshot: &Snapshot,
    shown: &Shown,
    format: Format,
    (from, to): (f64, f64),
    now: UtcTime,
) -> Option<ExportedFile> {
    let of = match shown {
        Shown::Fleet(_) => "fleet".to_owned(),
        Shown::Dispatch(track, _) => track.dispatch.key.dispatch_ref.to_string(),
        Shown::Idle(unit) => unit.unit.to_string(),
    };
    let content: Content = if format == Format::Csv {
        let text = minutes(snapshot, shown, (instant(from), instant(to)))?;
        Box::new(move || Ok(text.into_bytes()))
    } else {
        let edition = picture::Edition { version: env!("CARGO_PKG_VERSION"), at: now };
        let figure = picture::figure(snapshot, shown, (from, to), edition);
        Box::new(move || {
            let drawing = picture::svg(&figure);
            if format == Format::Png { picture::png(&drawing) } else { Ok(drawing.into_bytes()) }
        })
    };
    Some(ExportedFile { name: file_name(snapshot, &of, format), content })
}

fn minutes(snapshot: &Snapshot, shown: &Shown, span: (UtcTime, UtcTime)) -> Option<String> {
    Some(match shown {
        Shown::Fleet(sum) => csv::of_fleet(snapshot, sum, span),
        Shown::Dispatch(track, unit) => {
            let document = track.dispatch.dispatch()?;
            csv::of_unit(snapshot, &document.unit, unit.as_deref(), Some(track), span)
        }
        Shown::Idle(unit) => csv::of_unit(snapshot, &unit.unit, Some(unit), None, span),
    })
}

/// A file name for it: the mode, what it is of and when it was made, in letters that every disk takes.
pub fn file_name(snapshot: &Snapshot, of: &str, format: Format) -> String {
    let (mode, made) = (snapshot.mode.word().to_lowercase(), words::utc(snapshot.now));
    let name = format!("delivery-{mode}-{of}-{}", made.trim_end_matches(" UTC"));
    let fit = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    format!("{}.{}", name.chars().map(fit).collect::<String>(), format.word().to_lowercase())
}
