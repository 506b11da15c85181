//! Where the parts of the bench lie. They are drawn in the order in which they are read, which is the order in which the
//! keyboard comes to them: panels would have the table and the bar at the foot come before the draft.

use egui::{Frame, Id, Rect, Ui, UiBuilder};

use crate::console::context::Workspace;
use crate::console::pane::{self, Place};

/// Below this width the table stands under the plot.
const SIDE_BY_SIDE: f32 = 980.0;
/// Width of the table, points.
const TABLE_WIDTH: f32 = 492.0;
/// Height of the bar at the foot, before it was drawn once.
const BAR_HEIGHT: f32 = 36.0;

/// Where the parts of the bench lie.
pub struct Parts {
    /// Header and plots.
    pub draft: Rect,
    /// Beside the draft, where there is room for it.
    pub table: Option<Rect>,
    bar: Rect,
    bar_height: Id,
}

impl Parts {
    /// In what there is of room.
    pub fn of(ui: &Ui) -> Self {
        let area = ui.available_rect_before_wrap();
        let bar_height = ui.make_persistent_id("height of the bar");
        // Known from the pass before.
        let high = ui.data(|data| data.get_temp::<f32>(bar_height)).unwrap_or(BAR_HEIGHT);
        let (upper, bar) = area.split_top_bottom_at_y((area.bottom() - high).max(area.top()));
        let place = pane::place(ui.ctx(), Workspace::Compose);
        let (draft, table) = match place {
            Place::Right if area.width() >= SIDE_BY_SIDE => {
                let (draft, table) = upper.split_left_right_at_x(upper.right() - TABLE_WIDTH);
                (draft, Some(table))
            }
            Place::Left if area.width() >= SIDE_BY_SIDE => {
                let (table, draft) = upper.split_left_right_at_x(upper.left() + TABLE_WIDTH);
                (draft, Some(table))
            }
            _ => (upper, None),
        };
        Self { draft, table, bar, bar_height }
    }

    /// The bar at the foot, as high as what is in it.
    pub fn bar<R>(&self, ui: &mut Ui, add: impl FnOnce(&mut Ui) -> R) -> R {
        let mut foot = ui.new_child(UiBuilder::new().max_rect(self.bar));
        let shown = Frame::side_top_panel(foot.style()).show(&mut foot, |ui| {
            ui.add_space(4.0);
            let inner = add(ui);
            ui.add_space(2.0);
            inner
        });
        let high = shown.response.rect.height();
        if (high - self.bar.height()).abs() > 0.5 {
            ui.data_mut(|data| data.insert_temp(self.bar_height, high));
            ui.ctx().request_discard("the bar has become higher or lower");
        }
        ui.painter().hline(self.bar.x_range(), self.bar.top(), ui.visuals().widgets.noninteractive.bg_stroke);
        ui.advance_cursor_after_rect(self.bar);
        shown.inner
    }
}

/// Draws a part in its own place, and nothing of it outside.
pub fn part(ui: &mut Ui, place: Rect, frame: Frame, enabled: bool, add: impl FnOnce(&mut Ui)) {
    let mut part = ui.new_child(UiBuilder::new().max_rect(place));
    part.shrink_clip_rect(place);
    if !enabled {
        part.disable();
    }
    frame.show(&mut part, |ui| {
        ui.set_min_size(ui.available_size());
        add(ui);
    });
}
