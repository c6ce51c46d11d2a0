/* torch.optim.lr_scheduler.ReduceLROnPlateau */
#include "vocabulary/schedulers/schedulers.h"

enum { MODE, FACTOR, PATIENCE, THRESHOLD_MODE = 4, COOLDOWN };

static const Param params[] = {
    {"mode", ARG_STRING, "\"min\"", NULL},
    {"factor", ARG_FLOAT, "0.1", NULL},
    {"patience", ARG_INT, "10", NULL},
    {"threshold", ARG_FLOAT, "1e-4", NULL},
    {"threshold_mode", ARG_STRING, "\"rel\"", NULL},
    {"cooldown", ARG_INT, "0", NULL},
    {"min_lr", ARG_FLOAT, "0", NULL},
    {"eps", ARG_FLOAT, "1e-8", NULL},
    {0},
};

static bool check(Arena *arena, Diag *diag, Args *args)
{
    static const char *const modes[] = {"min", "max", NULL}, *const thresholds[] = {"rel", "abs", NULL};
    bool good = scheduler_check_word(arena, diag, "ReduceLROnPlateau", params, args, MODE, modes) &
                scheduler_check_word(arena, diag, "ReduceLROnPlateau", params, args, THRESHOLD_MODE, thresholds) &
                scheduler_check_least(diag, "ReduceLROnPlateau", params, args, PATIENCE, 0) &
                scheduler_check_least(diag, "ReduceLROnPlateau", params, args, COOLDOWN, 0);
    if (args->at[FACTOR].f >= 1) {
        diag_error(diag, args->at[FACTOR].span, "ReduceLROnPlateau expects factor to be below 1 but gets %.12g",
                   args->at[FACTOR].f);
        good = false;
    }
    return good;
}

const SchedulerKind scheduler_reduce_on_plateau = {
    "ReduceLROnPlateau", "a factor whenever a metric no longer improves", params, "nc_reduce_lr_on_plateau",
    .check = check, .metric = true,
    .help = {.shape = "lr = max(lr*factor, min_lr) after more than patience epochs without a better metric",
             .example = "scheduler ReduceLROnPlateau(patience=5), metric=train_loss",
             .differs = "it looks at the test loss, or at what metric= names: test_loss, test_accuracy, train_loss, "
                        "train_accuracy; min_lr is one number for all parts"}};
