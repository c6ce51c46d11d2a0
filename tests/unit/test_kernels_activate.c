/* The activations' kernels beside their formulas in double, and the slopes beside differences of these. */
#include "graph/graph.h"
#include "kernel_check.h"

enum { ROWS = 5, COLS = 3, CHANNELS = 5, PITCH = 16, ROW = COLS * PITCH + 16, FLOATS = ROWS * ROW };

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static double elu(double x, double a, double b)
{
    return b * (x > 0 ? x : a * expm1(x));
}

static double clamp(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

static double gelu_tanh(double x)
{
    return x / 2 * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

static double shrink(double x, double a)
{
    return x > a ? x - a : x < -a ? x + a : 0;
}

static double value(ActivationKind kind, double x, double a, double b)
{
    switch (kind) {
    case ACTIVATION_SIGMOID: return sigmoid(x);
    case ACTIVATION_TANH: return tanh(x);
    case ACTIVATION_LEAKY_RELU: return x > 0 ? x : a * x;
    case ACTIVATION_HARDTANH: return clamp(x, a, b);
    case ACTIVATION_ELU: return elu(x, a, b);
    case ACTIVATION_CELU: return x > 0 ? x : a * expm1(x / a);
    case ACTIVATION_GELU: return x / 2 * (1 + erf(x / sqrt(2)));
    case ACTIVATION_GELU_TANH: return gelu_tanh(x);
    case ACTIVATION_SILU: return x * sigmoid(x);
    case ACTIVATION_MISH: return x * tanh(log1p(exp(x)));
    case ACTIVATION_HARDSWISH: return x * clamp(x + 3, 0, 6) / 6;
    case ACTIVATION_HARDSIGMOID: return clamp(x + 3, 0, 6) / 6;
    case ACTIVATION_SOFTPLUS: return a * x > b ? x : log1p(exp(a * x)) / a;
    case ACTIVATION_LOG_SIGMOID: return -log1p(exp(-x));
    case ACTIVATION_SOFTSIGN: return x / (1 + fabs(x));
    case ACTIVATION_TANHSHRINK: return x - tanh(x);
    case ACTIVATION_SOFTSHRINK: return shrink(x, a);
    case ACTIVATION_HARDSHRINK: return fabs(x) <= a ? 0 : x;
    case ACTIVATION_THRESHOLD: return x > a ? x : b;
    default: break;
    }
    ck_abort_msg("activation %d has no formula", (int)kind);
}

static double slope(ActivationKind kind, double x, double a, double b)
{
    return (value(kind, x + 1e-6, a, b) - value(kind, x - 1e-6, a, b)) / 2e-6;
}

static bool from_output(ActivationKind kind)
{
    enum { X, Y };
    static const int sources[] = {
#define ACTIVATION(NAME, name, source, where) source,
#include "graph/activations.def"
#undef ACTIVATION
    };
    return sources[kind] == Y;
}

static void one(int lanes, ActivationKind kind, double scale, bool clears)
{
    const double a = 0.75, b = 1.25; /* call_prebuilt's */
    const int64_t forward[] = {ROWS, COLS * PITCH, ROW, ROW, kind, COLS, clears ? CHANNELS : PITCH, PITCH};
    const int64_t backward[] = {ROWS, COLS * PITCH - 3, ROW, ROW, ROW, kind};
    float *x = random_floats(FLOATS), *y = random_floats(FLOATS), *dx = random_floats(FLOATS);
    float *dy = random_floats(FLOATS), *old = copy_of(y, FLOATS * sizeof *y);
    for (int i = 0; i < FLOATS; i++)
        x[i] *= (float)scale;
    call_prebuilt(FAMILY_ACTIVATE, forward, 0, (void *[]){x, y});
    for (int i = 0; i < FLOATS; i++) {
        double want = value(kind, (double)x[i], a, b);
        if (i % ROW >= COLS * PITCH)
            want = old[i]; /* beyond the row */
        else if (clears && i % ROW % PITCH >= CHANNELS)
            want = 0;
        ck_assert_msg(fabs(y[i] - want) <= 4e-7 * (fabs(want) + fmin(fabs((double)x[i]), 1)),
                      "%d lanes, activation %d of %.9g: %.9g, not %.9g", lanes, (int)kind, (double)x[i], (double)y[i],
                      want);
    }
    call_prebuilt(FAMILY_ACTIVATE, (const int64_t[]){ROWS, COLS * PITCH, ROW, ROW, kind, COLS, PITCH, PITCH}, 0,
                       (void *[]){x, y});
    call_prebuilt(FAMILY_ACTIVATE_GRAD, backward, 0, (void *[]){dy, from_output(kind) ? y : x, dx});
    for (int i = 0; i < FLOATS; i++) {
        if (i % ROW >= COLS * PITCH - 3)
            continue;
        double want = dy[i] * slope(kind, (double)x[i], a, b);
        double corner = fabs(value(kind, x[i] + 1e-4, a, b) - 2 * value(kind, (double)x[i], a, b) +
                             value(kind, x[i] - 1e-4, a, b));
        ck_assert_msg(corner > 1e-6 || fabs(dx[i] - want) <= 2e-6, "%d lanes, slope %d at %.9g: %.9g, not %.9g", lanes,
                      (int)kind, (double)x[i], (double)dx[i], want);
    }
    free(x), free(y), free(dx), free(dy), free(old);
}

static void activations(int lanes)
{
    for (ActivationKind kind = 0; kind < ACTIVATION_COUNT; kind++) {
        one(lanes, kind, 1, false);
        one(lanes, kind, 8, true);
        one(lanes, kind, 60, false);
    }
}

/* What is no number stays none, and infinities go where the limit is. */
static void limits(int lanes)
{
    for (ActivationKind kind = 0; kind < ACTIVATION_COUNT; kind++) {
        float x[16] = {NAN, INFINITY, -INFINITY, 300, -300}, y[16];
        call_prebuilt(FAMILY_ACTIVATE, (const int64_t[]){1, 16, 16, 16, kind, 1, 16, 16}, 0, (void *[]){x, y});
        ck_assert_msg(isnan(y[0]), "%d lanes, activation %d of NaN: %g", lanes, (int)kind, (double)y[0]);
        for (int i = 3; i < 5; i++) {
            double want = value(kind, (double)x[i], 0.75, 1.25);
            ck_assert_msg(fabs(y[i] - want) <= 1e-6 * fabs(want) + 1e-37, "%d lanes, activation %d of %g: %g", lanes,
                          (int)kind, (double)x[i], (double)y[i]);
        }
    }
}

static void (*const tests[])(int lanes) = {activations, limits};

START_TEST(test_activate)
{
    for_each_width(tests[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_activate");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, test_activate, 0, sizeof tests / sizeof *tests);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
