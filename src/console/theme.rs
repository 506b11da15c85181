//! Design tokens: every colour and size of the window, by what it means. Nothing else in `console` names a colour.
//!
//! Grey and quiet: saturated colour only for what is abnormal, and never colour alone.

use egui::{Color32, FontFamily, FontId, Stroke, TextStyle, Visuals};

use crate::desk::snapshot::Mode;

/// Which set of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Theme {
    /// For a dark room.
    #[default]
    Dark,
    /// For a bright one.
    Light,
    /// For low vision and for projectors.
    HighContrast,
}

impl Theme {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Dark, Self::Light, Self::HighContrast];

    /// Its name in the settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "Dark",
            Self::Light => "Light",
            Self::HighContrast => "High contrast",
        }
    }
}

/// Colours by meaning, sizes in points.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// The set these belong to.
    pub theme: Theme,
    /// Behind everything.
    pub background: Color32,
    /// Panels and cards.
    pub panel: Color32,
    /// Behind plots and tables.
    pub well: Color32,
    /// A row or a control under the pointer.
    pub hover: Color32,
    /// What is selected.
    pub selected: Color32,
    /// Lines between parts: they order what would be understood without them.
    pub line: Color32,
    /// The outline of what can be acted on, and of what is seen by its outline alone.
    pub edge: Color32,
    /// Text, AA on `background`, `panel` and `well`.
    pub text: Color32,
    /// Less important text, AA as well.
    pub weak: Color32,
    /// What can be acted on, focus.
    pub accent: Color32,
    /// Text on `accent`.
    pub on_accent: Color32,
    /// The unit's baseline curve.
    pub baseline: Color32,
    /// What was instructed.
    pub instructed: Color32,
    /// What is or was delivered.
    pub delivered: Color32,
    /// What is predicted.
    pub predicted: Color32,
    /// The reachable envelope's fill.
    pub reachable: Color32,
    /// Short of what was instructed.
    pub shortfall: Color32,
    /// More than was instructed.
    pub over: Color32,
    /// State of charge.
    pub charge: Color32,
    /// The line of the present.
    pub now: Color32,
    /// Alarm priority 1.
    pub high: Color32,
    /// Alarm priority 2.
    pub medium: Color32,
    /// Alarm priority 3.
    pub low: Color32,
    /// Text on an alarm colour.
    pub on_alarm: Color32,
    /// Normal, only where a lamp must say so; muted.
    pub normal: Color32,
    /// The LIVE band.
    pub live: Color32,
    /// The TRAINING band.
    pub training: Color32,
    /// The SANDBOX band.
    pub sandbox: Color32,
    /// Text on a mode band.
    pub on_band: Color32,
    /// The least space between things.
    pub gap: f32,
    /// Height of a table row.
    pub row: f32,
    /// Corner radius.
    pub radius: u8,
}

impl Tokens {
    /// The tokens of a theme.
    pub fn of(theme: Theme) -> Self {
        match theme {
            Theme::Dark => dark(),
            Theme::Light => light(),
            Theme::HighContrast => high_contrast(),
        }
    }

    /// The light theme on white: for what is printed.
    pub fn paper() -> Self {
        let white = grey(255);
        Self { background: white, panel: white, well: white, ..light() }
    }

    /// The ground of the band that says what the session may touch.
    pub fn band(&self, mode: Mode) -> Color32 {
        match mode {
            Mode::Live => self.live,
            Mode::Training => self.training,
            Mode::Sandbox => self.sandbox,
        }
    }

    /// What a unit says of itself at this moment.
    pub fn reported(&self) -> Color32 {
        self.delivered.gamma_multiply(0.8)
    }

    /// What was delivered after the time cursor.
    pub fn delivered_later(&self) -> Color32 {
        self.delivered.gamma_multiply(0.75)
    }

    /// The area within tolerance of what was instructed.
    pub fn tolerance(&self) -> Color32 {
        self.instructed.gamma_multiply(0.12)
    }

    /// The fill below a profile, quiet beside the line on top of it.
    pub fn below_profile(&self) -> Color32 {
        match self.theme {
            Theme::Dark | Theme::Light => self.line,
            Theme::HighContrast => self.line.gamma_multiply(0.4),
        }
    }

    /// The ground of a hatched or dotted area.
    pub fn hatched(colour: Color32) -> Color32 {
        colour.gamma_multiply(0.22)
    }

    /// The fill of the layer at a place of a stack.
    pub fn layer(&self, place: usize) -> Color32 {
        const SHADES: [f32; 3] = [0.42, 0.26, 0.48];
        self.delivered.gamma_multiply(SHADES[place % SHADES.len()])
    }

    /// Gives a context these tokens: text sizes, spacing, widget colours.
    pub fn apply(&self, ctx: &egui::Context) {
        let mut visuals = if self.theme == Theme::Light { Visuals::light() } else { Visuals::dark() };
        visuals.override_text_color = Some(self.text);
        visuals.panel_fill = self.background;
        visuals.window_fill = self.panel;
        visuals.window_stroke = Stroke::new(1.0, self.line);
        visuals.extreme_bg_color = self.well;
        visuals.faint_bg_color = self.panel;
        visuals.selection.bg_fill = self.selected;
        visuals.selection.stroke = Stroke::new(1.0, self.text);
        visuals.hyperlink_color = self.accent;
        visuals.warn_fg_color = self.medium;
        visuals.error_fg_color = self.high;
        visuals.weak_text_color = Some(self.weak);
        let widgets = &mut visuals.widgets;
        for (widget, fill, stroke) in [
            (&mut widgets.noninteractive, self.panel, self.line),
            (&mut widgets.inactive, self.panel, self.edge),
            (&mut widgets.hovered, self.hover, self.accent),
            (&mut widgets.active, self.selected, self.accent),
            (&mut widgets.open, self.hover, self.accent),
        ] {
            widget.bg_fill = fill;
            widget.weak_bg_fill = fill;
            widget.bg_stroke = Stroke::new(1.0, stroke);
            widget.fg_stroke = Stroke::new(1.0, self.text);
            widget.corner_radius = self.radius.into();
        }
        // Where the keyboard is, on what has no frame: crosses, triangles, ticks. Texts have a colour of their own.
        widgets.active.fg_stroke = Stroke::new(2.0, self.accent);
        ctx.all_styles_mut(|style| {
            style.visuals = visuals.clone();
            style.spacing.item_spacing = egui::vec2(self.gap, self.gap);
            style.spacing.button_padding = egui::vec2(self.gap * 1.5, self.gap * 0.5);
            style.spacing.interact_size.y = self.row;
            style.animation_time = 0.0;
            // A row at the edge of a list is not to look as if it were acknowledged or could not be used: nothing fades,
            // and a thin bar says that there is more.
            style.spacing.scroll.fade.strength = 0.0;
            style.spacing.scroll.dormant_handle_opacity = 0.6;
            style.text_styles = [
                (TextStyle::Small, FontId::new(11.0, FontFamily::Proportional)),
                (TextStyle::Body, FontId::new(13.0, FontFamily::Proportional)),
                (TextStyle::Button, FontId::new(13.0, FontFamily::Proportional)),
                (TextStyle::Heading, FontId::new(16.0, FontFamily::Proportional)),
                (TextStyle::Monospace, FontId::new(12.0, FontFamily::Monospace)),
            ]
            .into();
        });
    }
}

const fn grey(value: u8) -> Color32 {
    Color32::from_gray(value)
}

const fn rgb(r: u8, g: u8, b: u8) -> Color32 {
    Color32::from_rgb(r, g, b)
}

fn dark() -> Tokens {
    Tokens {
        theme: Theme::Dark,
        background: grey(30),
        panel: grey(38),
        well: grey(24),
        hover: grey(54),
        selected: rgb(52, 70, 88),
        line: grey(66),
        edge: grey(124),
        text: grey(224),
        weak: grey(182),
        accent: rgb(126, 176, 214),
        on_accent: grey(16),
        baseline: grey(150),
        instructed: rgb(230, 230, 230),
        delivered: rgb(110, 190, 240),
        predicted: rgb(150, 160, 190),
        reachable: Color32::from_rgba_premultiplied(24, 34, 42, 60),
        shortfall: rgb(226, 120, 64),
        over: rgb(196, 120, 220),
        charge: rgb(120, 170, 130),
        now: rgb(240, 240, 200),
        high: rgb(246, 108, 98),
        medium: rgb(240, 160, 40),
        low: rgb(216, 196, 84),
        on_alarm: grey(12),
        normal: rgb(124, 154, 134),
        live: rgb(196, 56, 48),
        training: rgb(64, 112, 176),
        sandbox: rgb(84, 96, 110),
        on_band: grey(255),
        gap: 6.0,
        row: 22.0,
        radius: 3,
    }
}

fn light() -> Tokens {
    Tokens {
        theme: Theme::Light,
        background: grey(226),
        panel: grey(238),
        well: grey(248),
        hover: grey(216),
        selected: rgb(186, 208, 228),
        line: grey(178),
        edge: grey(124),
        text: grey(24),
        weak: grey(78),
        accent: rgb(18, 84, 136),
        on_accent: grey(255),
        baseline: grey(110),
        instructed: rgb(20, 20, 20),
        delivered: rgb(0, 98, 168),
        predicted: rgb(96, 104, 140),
        reachable: Color32::from_rgba_premultiplied(22, 30, 38, 60),
        shortfall: rgb(186, 74, 16),
        over: rgb(132, 54, 160),
        charge: rgb(40, 110, 60),
        now: rgb(120, 96, 0),
        high: rgb(190, 28, 24),
        medium: rgb(144, 76, 0),
        low: rgb(106, 88, 0),
        on_alarm: grey(255),
        normal: rgb(50, 104, 70),
        live: rgb(176, 32, 28),
        training: rgb(36, 84, 150),
        sandbox: rgb(74, 84, 96),
        on_band: grey(255),
        gap: 6.0,
        row: 22.0,
        radius: 3,
    }
}

fn high_contrast() -> Tokens {
    Tokens {
        theme: Theme::HighContrast,
        background: grey(0),
        panel: grey(0),
        well: grey(0),
        hover: grey(40),
        selected: rgb(0, 60, 120),
        line: grey(200),
        edge: grey(200),
        text: grey(255),
        weak: grey(230),
        accent: rgb(120, 220, 255),
        on_accent: grey(0),
        baseline: grey(210),
        instructed: grey(255),
        delivered: rgb(80, 200, 255),
        predicted: rgb(200, 200, 255),
        reachable: Color32::from_rgba_premultiplied(40, 60, 80, 90),
        shortfall: rgb(255, 140, 60),
        over: rgb(240, 140, 255),
        charge: rgb(120, 255, 150),
        now: rgb(255, 255, 120),
        high: rgb(255, 90, 80),
        medium: rgb(255, 180, 40),
        low: rgb(255, 240, 90),
        on_alarm: grey(0),
        normal: rgb(120, 255, 150),
        live: rgb(200, 0, 0),
        training: rgb(0, 80, 200),
        sandbox: grey(70),
        on_band: grey(255),
        gap: 7.0,
        row: 24.0,
        radius: 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_tabular_so_that_columns_of_numbers_line_up() {
        let ctx = egui::Context::default();
        let mut widths = Vec::new();
        let output = ctx.run_ui(egui::RawInput::default(), |ui| {
            Tokens::of(Theme::Dark).apply(ui.ctx());
            for style in [TextStyle::Body, TextStyle::Small, TextStyle::Heading, TextStyle::Monospace] {
                let font = style.resolve(ui.style());
                let digits =
                    ui.ctx().fonts_mut(|f| ('0'..='9').map(|d| f.glyph_width(&font, d)).collect::<Vec<_>>());
                widths.push((style, digits));
            }
        });
        output.drop_without_applying_deltas();
        for (style, digits) in widths {
            assert!(digits.iter().all(|w| (w - digits[0]).abs() < 0.01), "{style:?}: {digits:?}");
        }
    }
}
