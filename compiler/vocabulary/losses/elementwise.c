/* torch.nn.L1Loss, MSELoss, SmoothL1Loss, HuberLoss and KLDivLoss: element by element of output and target */
#include "vocabulary/losses/loss.h"

enum { REDUCTION = 2, BETA, LOG_TARGET = 3, HUBER_REDUCTION = 0, DELTA };

#define ARGUMENTS(loss) SIZE_AVERAGE(loss), REDUCE(loss), {"reduction", ARG_STRING, "\"mean\"", NULL}

static const Param l1_params[] = {ARGUMENTS("L1Loss"), {0}};
static const Param mse_params[] = {ARGUMENTS("MSELoss"), {0}};
static const Param smooth_l1_params[] = {ARGUMENTS("SmoothL1Loss"), {"beta", ARG_FLOAT, "1.0", NULL}, {0}};
static const Param kl_div_params[] = {ARGUMENTS("KLDivLoss"), {"log_target", ARG_BOOL, "False", NULL}, {0}};
static const Param huber_params[] = {
    {"reduction", ARG_STRING, "\"mean\"", NULL}, {"delta", ARG_FLOAT, "1.0", NULL}, {0}};

static bool check_l1(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    (void)arena, (void)output, (void)network;
    return loss_check_reduction(diag, "L1Loss", &args->at[REDUCTION], NULL);
}

static bool check_mse(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    (void)arena, (void)output, (void)network;
    return loss_check_reduction(diag, "MSELoss", &args->at[REDUCTION], NULL);
}

static bool check_smooth_l1(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    const Arg *beta = &args->at[BETA];
    (void)arena, (void)output, (void)network;
    if (!(beta->f >= 0)) {
        diag_error(diag, beta->span, "SmoothL1Loss expects beta to be at least 0 but gets %.12g", beta->f);
        return false;
    }
    return loss_check_reduction(diag, "SmoothL1Loss", &args->at[REDUCTION], NULL);
}

static bool check_huber(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    const Arg *delta = &args->at[DELTA];
    (void)arena, (void)output, (void)network;
    if (!(delta->f > 0)) {
        diag_error(diag, delta->span, "HuberLoss expects delta to be greater than 0 but gets %.12g", delta->f);
        return false;
    }
    return loss_check_reduction(diag, "HuberLoss", &args->at[HUBER_REDUCTION], NULL);
}

static bool check_kl_div(Arena *arena, Diag *diag, const Args *args, Shape output, Span network)
{
    (void)arena, (void)output, (void)network;
    return loss_check_reduction(diag, "KLDivLoss", &args->at[REDUCTION], "batchmean");
}

static void settings(Arena *arena, const Args *args, Shape output, LossSettings *settings)
{
    (void)arena, (void)output;
    settings->reduction = loss_reduction(&args->at[REDUCTION]);
}

static void settings_smooth_l1(Arena *arena, const Args *args, Shape output, LossSettings *loss)
{
    settings(arena, args, output, loss);
    loss->threshold = args->at[BETA].f;
}

static void settings_huber(Arena *arena, const Args *args, Shape output, LossSettings *loss)
{
    (void)arena, (void)output;
    loss->reduction = loss_reduction(&args->at[HUBER_REDUCTION]);
    loss->threshold = args->at[DELTA].f;
}

static void settings_kl_div(Arena *arena, const Args *args, Shape output, LossSettings *loss)
{
    settings(arena, args, output, loss);
    loss->log_target = args->at[LOG_TARGET].i != 0;
}

extern const LossKind loss_l1, loss_mse, loss_smooth_l1, loss_huber, loss_kl_div;
const LossKind loss_l1 = {"L1Loss", "the mean of |x - t|", l1_params, false, check_l1, settings, "nc_l1",
    {.shape = "outputs, targets of the same shape -> a number", .example = "loss L1Loss()",
     .differs = ONE_NUMBER},
    OUTPUT_NUMBER};
const LossKind loss_mse = {"MSELoss", "the mean of (x - t)^2", mse_params, false, check_mse, settings, "nc_mse",
    {.shape = "outputs, targets of the same shape -> a number", .example = "loss MSELoss()",
     .differs = ONE_NUMBER},
    OUTPUT_NUMBER};
const LossKind loss_smooth_l1 = {
    "SmoothL1Loss", "(x - t)^2 / (2 beta) where |x - t| < beta, else |x - t| - beta / 2", smooth_l1_params, false,
    check_smooth_l1, settings_smooth_l1, "nc_smooth_l1",
    {.shape = "outputs, targets of the same shape -> a number", .example = "loss SmoothL1Loss(beta=0.1)",
     .differs = ONE_NUMBER},
    OUTPUT_NUMBER};
const LossKind loss_huber = {
    "HuberLoss", "(x - t)^2 / 2 where |x - t| <= delta, else delta (|x - t| - delta / 2)", huber_params, false,
    check_huber, settings_huber, "nc_huber",
    {.shape = "outputs, targets of the same shape -> a number", .example = "loss HuberLoss(delta=0.5)",
     .differs = ONE_NUMBER},
    OUTPUT_NUMBER};
const LossKind loss_kl_div = {
    "KLDivLoss", "t (log t - x), x being log-probabilities", kl_div_params, false, check_kl_div, settings_kl_div,
    "nc_kl_div",
    {.shape = "outputs, targets of the same shape -> a number", .example = "loss KLDivLoss(reduction=\"batchmean\")",
     .differs = ONE_NUMBER},
    OUTPUT_LOG_PROBABILITY};
