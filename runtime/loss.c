/* loss.c: losses, their gradients, and how many samples are classified right. The losses are added up in double, so
 * that small differences can be told (gradients.c). */
#include <math.h>
#include <stddef.h>

#include "core.h"

/* ---- Over classes ------------------------------------------------------------------------------------------------ */

int nc_argmax(const float *x, int count)
{
    int best = 0;
    for (int c = 1; c < count; c++)
        if (x[c] > x[best])
            best = c;
    return best;
}

/* log sum exp x, with the largest taken out first so that nothing overflows. */
static double log_sum_exp(const float *x, int classes, float largest)
{
    double sum = 0;
    for (int c = 0; c < classes; c++)
        sum += expf(x[c] - largest);
    return largest + log(sum);
}

static float class_weight(const struct nc_loss *loss, int c)
{
    return loss->weight != NULL ? loss->weight[c] : 1;
}

double nc_loss_divisor(const struct nc_model *model, const int *labels, int count, int *judged)
{
    double divisor = 0;
    *judged = count;
    if (labels == NULL)
        return count;
    for (int i = 0; i < count; i++) {
        int ignored = labels[i] == model->loss->ignore_index;
        divisor += ignored ? 0 : class_weight(model->loss, labels[i]);
        *judged -= ignored;
    }
    return divisor;
}

static void clear(float *row, int from, int to)
{
    for (int c = from; c < to; c++)
        row[c] = 0;
}

/* The targets are probabilities of all classes, whose sum need not be 1. A mean is over samples, not over what these
 * weigh, as in torch. */
static void soft_cross_entropy(struct nc_group *g, const struct nc_loss *loss, const float *x, int stride, int outputs,
                               float *gradient)
{
    const float *t = g->target;
    double smooth = loss->label_smoothing / outputs, sharp = 1 - loss->label_smoothing;
    for (int n = 0; n < g->count; n++, x += stride, t += outputs) {
        int best = nc_argmax(x, outputs);
        float *dx = gradient != NULL ? gradient + (long long)n * stride : NULL;
        double exact = log_sum_exp(x, outputs, x[best]), value = 0, total = 0;
        g->correct += best == nc_argmax(t, outputs);
        for (int c = 0; c < outputs; c++) {
            double share = class_weight(loss, c) * (sharp * t[c] + smooth);
            value += share * (exact - x[c]);
            total += share;
        }
        g->loss += value * g->scale;
        if (dx == NULL)
            continue;
        for (int c = 0; c < outputs; c++) {
            double share = class_weight(loss, c) * (sharp * t[c] + smooth);
            dx[c] = (float)(total * expf(x[c] - (float)exact) - share) * g->scale;
        }
        clear(dx, outputs, stride);
    }
}

void nc_cross_entropy(struct nc_group *g, const struct nc_loss *loss, const float *x, int stride, int outputs,
                      float *gradient)
{
    if (g->probabilities) {
        soft_cross_entropy(g, loss, x, stride, outputs, gradient);
        return;
    }
    const int *labels = g->target;
    float smooth = (float)(loss->label_smoothing / outputs), sharp = (float)(1 - loss->label_smoothing);
    double weights = 0;
    for (int c = 0; c < outputs; c++)
        weights += class_weight(loss, c);
    for (int n = 0; n < g->count; n++, x += stride) {
        int best = nc_argmax(x, outputs), label = labels[n], ignored = label == loss->ignore_index;
        float *dx = gradient != NULL ? gradient + (long long)n * stride : NULL;
        g->correct += best == label && !ignored;
        if (ignored) {
            if (dx != NULL)
                clear(dx, 0, stride);
            continue;
        }
        double exact = log_sum_exp(x, outputs, x[best]), sum = (double)sharp * class_weight(loss, label);
        float whole = (float)exact, pull = (float)sum;
        double value = sum * (exact - x[label]);
        if (smooth != 0) {
            double others = 0;
            for (int c = 0; c < outputs; c++)
                others += class_weight(loss, c) * (exact - x[c]);
            value += (double)smooth * others;
        }
        g->loss += value * g->scale;
        if (dx == NULL)
            continue;
        float total = (float)(sum + loss->label_smoothing / outputs * weights); /* of the target's probabilities */
        for (int c = 0; c < outputs; c++)
            dx[c] = (total * expf(x[c] - whole) - smooth * class_weight(loss, c) - (c == label ? pull : 0)) * g->scale;
        clear(dx, outputs, stride);
    }
}

void nc_nll(struct nc_group *g, const struct nc_loss *loss, const float *x, int stride, int outputs, float *gradient)
{
    const int *labels = g->target;
    for (int n = 0; n < g->count; n++, x += stride) {
        int label = labels[n], ignored = label == loss->ignore_index;
        float *dx = gradient != NULL ? gradient + (long long)n * stride : NULL;
        if (dx != NULL)
            clear(dx, 0, stride);
        if (ignored)
            continue;
        float weight = class_weight(loss, label);
        g->correct += nc_argmax(x, outputs) == label;
        g->loss -= (double)weight * x[label] * g->scale;
        if (dx != NULL)
            dx[label] = -weight * g->scale;
    }
}

/* ---- Over each output -------------------------------------------------------------------------------------------- */

/* The loss of output `c`, and in *slope its derivative by x. */
typedef double element(const struct nc_loss *loss, int c, float x, float t, float *slope);

static void each_output(struct nc_group *g, const struct nc_loss *loss, const float *x, int stride, int outputs,
                        float *gradient, element *of)
{
    const float *t = g->target;
    float each = loss->reduction == NC_MEAN ? g->scale / (float)outputs : g->scale;
    for (int n = 0; n < g->count; n++, x += stride, t += outputs) {
        float *dx = gradient != NULL ? gradient + (long long)n * stride : NULL;
        double sum = 0;
        for (int c = 0; c < outputs; c++) {
            float slope;
            sum += of(loss, c, x[c], t[c], &slope);
            if (dx != NULL)
                dx[c] = slope * each;
        }
        g->loss += sum * each;
        if (dx != NULL)
            clear(dx, outputs, stride);
    }
}

static double l1(const struct nc_loss *loss, int c, float x, float t, float *slope)
{
    (void)loss, (void)c;
    float d = x - t;
    *slope = d > 0 ? 1 : d < 0 ? -1 : d; /* a NaN stays one */
    return fabs((double)d);
}

static double mse(const struct nc_loss *loss, int c, float x, float t, float *slope)
{
    (void)loss, (void)c;
    float d = x - t;
    *slope = 2 * d;
    return (double)d * d;
}

static double smooth_l1(const struct nc_loss *loss, int c, float x, float t, float *slope)
{
    float d = x - t, beta = (float)loss->threshold;
    if (!(fabsf(d) < beta))
        return l1(loss, c, x, t, slope) - 0.5 * beta;
    *slope = d / beta;
    return 0.5 * (double)d * d / beta;
}

static double huber(const struct nc_loss *loss, int c, float x, float t, float *slope)
{
    float d = x - t, delta = (float)loss->threshold;
    if (!(fabsf(d) <= delta)) {
        double distance = l1(loss, c, x, t, slope);
        *slope *= delta;
        return delta * (distance - 0.5 * delta);
    }
    *slope = d;
    return 0.5 * (double)d * d;
}

static double bce(const struct nc_loss *loss, int c, float x, float t, float *slope)
{
    float weight = class_weight(loss, c);
    if (!(x >= 0 && x <= 1))
        return *slope = NAN; /* where torch raises an error; the run ends and says where it came from */
    *slope = weight * (x - t) / fmaxf((1 - x) * x, 1e-12f);
    return weight * -(t * fmax(log(x), -100) + (1.0 - t) * fmax(log1p(-(double)x), -100));
}

static double bce_with_logits(const struct nc_loss *loss, int c, float x, float t, float *slope)
{
    float weight = class_weight(loss, c), positive = loss->pos_weight != NULL ? loss->pos_weight[c] : 1;
    double log_sigmoid = (x < 0 ? x : 0) - log1p(exp(-fabs((double)x))), yes = (double)positive * t, no = 1.0 - t;
    *slope = (float)(weight * ((yes + no) * exp(log_sigmoid) - yes));
    return weight * (no * x - (yes + no) * log_sigmoid);
}

static double kl_div(const struct nc_loss *loss, int c, float x, float t, float *slope)
{
    (void)c;
    double p = loss->log_target ? exp(t) : t, log_p = loss->log_target ? t : log(t);
    *slope = (float)-p;
    return p == 0 ? 0 : p * (log_p - x);
}

#define LOSS(name)                                                                                                  \
    void nc_##name(struct nc_group *g, const struct nc_loss *loss, const float *x, int stride, int outputs,         \
                   float *gradient)                                                                                 \
    {                                                                                                               \
        each_output(g, loss, x, stride, outputs, gradient, name);                                                   \
    }

LOSS(l1)
LOSS(mse)
LOSS(smooth_l1)
LOSS(huber)
LOSS(bce)
LOSS(bce_with_logits)
LOSS(kl_div)
