//! Formulae, each with its source. Nothing here knows what a family is.

mod competing;
mod confidence;
mod decimal;
mod funnel;
mod kappa;
mod newcombe;
mod paired_change;
mod paired_proportions;
mod poisson;
mod process;
mod proportion;
mod proration;
mod quartile;
mod rate_ratio;
mod reliable_change;
mod run_chart;
mod signed_rank;
mod stratified;
mod student;
mod survival;
mod travel;
mod wilson;

pub use competing::{CompetingSpell, Incidence, aalen_johansen};
pub use confidence::{Confidence, Estimate, Limits};
pub use decimal::Decimal;
pub use funnel::{FunnelMethod, Overdispersion, funnel_of_proportion, funnel_of_rate};
pub use kappa::{Agreement, kappa};
pub use newcombe::{difference, newcombe};
pub use paired_change::{EffectSizes, PairedChange};
pub use paired_proportions::PairedProportions;
pub use poisson::poisson;
pub use process::{
    ChartOptions, NearLimit, ProcessChart, ProcessLimits, ProcessPoint, Rule, Rules, Screening,
    Side, Signal, Signals, Spread, Standing, Variation, Xmr, c_chart, p_chart, u_chart, xmr,
};
pub use proportion::Proportion;
pub use proration::{mean_of_answered, prorated_sum};
pub use quartile::{Quartile, median_ranks, quartile_ranks, twice_median, twice_quartile};
pub use rate_ratio::{Rate, rate_ratio};
pub use reliable_change::reliable_change;
pub use run_chart::{RunChart, run_chart};
pub use signed_rank::{SignedRank, TypicalChange, Unchanged, hodges_lehmann, signed_rank};
pub use stratified::{Stratum, wrong_in_all};
pub use student::student;
pub use survival::{Spell, Step, Survival, SurvivalLimits, kaplan_meier};
pub use travel::{Direction, Travel, travel};
pub use wilson::wilson;
