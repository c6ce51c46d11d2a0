/* loss.c: losses, their gradients, and how many classes are told right. The losses are added up in double, so
 * that small differences can be told (gradients.c). */
#include <math.h>
#include <stddef.h>

#include "core.h"

/* ---- Over classes ------------------------------------------------------------------------------------------------ */

int nc_places(const struct nc_model *model)
{
    return model->loss->places > 0 ? model->loss->places : 1;
}

int nc_class_count(const struct nc_model *model)
{
    return model->outputs / nc_places(model);
}

/* Places that lie side by side, of one sample, are looked at together: so its classes, `step` floats apart, are read
 * along. */
enum { SIDE_BY_SIDE = 64 };

void nc_largest(const float *x, int classes, long long step, int count, int *best)
{
    float largest[SIDE_BY_SIDE];
    for (; count > 0; x += SIDE_BY_SIDE, best += SIDE_BY_SIDE, count -= SIDE_BY_SIDE) {
        const int some = count < SIDE_BY_SIDE ? count : SIDE_BY_SIDE;
        for (int i = 0; i < some; i++) {
            largest[i] = x[i];
            best[i] = 0;
        }
        for (int c = 1; c < classes; c++)
            for (int i = 0; i < some; i++) {
                const int more = x[c * step + i] > largest[i];
                largest[i] = more ? x[c * step + i] : largest[i];
                best[i] = more ? c : best[i];
            }
    }
}

int nc_argmax(const float *x, int count)
{
    int best;
    nc_largest(x, count, 1, 1, &best);
    return best;
}

/* Logits that are each a yes or no have no softmax, and need none. */
struct nc_softmax nc_softmax_of(const struct nc_model *model, const float *x)
{
    struct nc_softmax softmax = {(double)x[0], 0};
    if (!model->classes || model->loss->output != NC_LOGIT)
        return softmax;
    for (int i = 1; i < model->outputs; i++)
        softmax.most = fmax(softmax.most, (double)x[i]);
    for (int i = 0; i < model->outputs; i++)
        softmax.sum += exp((double)x[i] - softmax.most);
    return softmax;
}

double nc_probability(const struct nc_model *model, const struct nc_softmax *softmax, double x)
{
    switch (model->loss->output) {
    case NC_LOG_PROBABILITY: return exp(x);
    case NC_PROBABILITY: return x;
    default: return softmax->sum > 0 ? exp(x - softmax->most) / softmax->sum : 1 / (1 + exp(-x));
    }
}

static float class_weight(const struct nc_loss *loss, int c)
{
    return loss->weight != NULL ? loss->weight[c] : 1;
}

double nc_loss_divisor(const struct nc_model *model, const int *labels, int count, long long *judged)
{
    const long long places = (long long)count * nc_places(model);
    double divisor = 0;
    *judged = places;
    if (labels == NULL)
        return (double)places;
    for (long long i = 0; i < places; i++) {
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

struct places {
    int count, classes;
    long long step;
    const float *x;
    float *dx;       /* or NULL: no gradient is wanted */
    const float *t;  /* probabilities of all classes, whose sum need not be 1; or NULL: */
    const int *label;
    int best[SIDE_BY_SIDE];     /* the largest output */
    int aim[SIDE_BY_SIDE];      /* the target's class; -1: the loss ignores the place, whose gradient stays 0 */
    double exact[SIDE_BY_SIDE]; /* log sum exp x */
};

/* Counts what is right too. */
static void find_aims(struct nc_microbatch *mb, const struct nc_loss *loss, struct places *p)
{
    nc_largest(p->x, p->classes, p->step, p->count, p->best);
    if (p->t != NULL)
        nc_largest(p->t, p->classes, p->step, p->count, p->aim);
    for (int i = 0; i < p->count; i++) {
        if (p->t == NULL)
            p->aim[i] = p->label[i] == loss->ignore_index ? -1 : p->label[i];
        mb->correct += p->best[i] == p->aim[i];
    }
}

/* With the largest taken out first, so that nothing overflows. */
static void log_sum_exp(struct places *p)
{
    double sum[SIDE_BY_SIDE] = {0};
    float largest[SIDE_BY_SIDE];
    for (int i = 0; i < p->count; i++)
        largest[i] = p->x[p->best[i] * p->step + i];
    for (int c = 0; c < p->classes; c++)
        for (int i = 0; i < p->count; i++)
            sum[i] += expf(p->x[c * p->step + i] - largest[i]);
    for (int i = 0; i < p->count; i++)
        p->exact[i] = largest[i] + log(sum[i]);
}

/* A mean is over places, not over what their targets weigh, as in torch. */
static void soft_cross_entropy(struct nc_microbatch *mb, const struct nc_loss *loss, const struct places *p)
{
    const double smooth = loss->label_smoothing / p->classes, sharp = 1 - loss->label_smoothing;
    double value[SIDE_BY_SIDE] = {0}, total[SIDE_BY_SIDE] = {0};
    for (int c = 0; c < p->classes; c++)
        for (int i = 0; i < p->count; i++) {
            double share = class_weight(loss, c) * (sharp * p->t[c * p->step + i] + smooth);
            value[i] += share * (p->exact[i] - p->x[c * p->step + i]);
            total[i] += share;
        }
    for (int i = 0; i < p->count; i++)
        mb->loss += value[i] * mb->scale;
    for (int c = 0; c < p->classes && p->dx != NULL; c++)
        for (int i = 0; i < p->count; i++) {
            double share = class_weight(loss, c) * (sharp * p->t[c * p->step + i] + smooth);
            float probability = expf(p->x[c * p->step + i] - (float)p->exact[i]);
            p->dx[c * p->step + i] = (float)(total[i] * probability - share) * mb->scale;
        }
}

/* `weights`: the sum of those of the classes. */
static void hard_cross_entropy(struct nc_microbatch *mb, const struct nc_loss *loss, const struct places *p,
                               double weights)
{
    const float smooth = (float)(loss->label_smoothing / p->classes), sharp = (float)(1 - loss->label_smoothing);
    double value[SIDE_BY_SIDE], others[SIDE_BY_SIDE] = {0};
    float whole[SIDE_BY_SIDE], pull[SIDE_BY_SIDE], total[SIDE_BY_SIDE]; /* of the target's probabilities */
    for (int i = 0; i < p->count; i++) {
        if (p->aim[i] < 0)
            continue;
        double sum = (double)sharp * class_weight(loss, p->aim[i]);
        value[i] = sum * (p->exact[i] - p->x[p->aim[i] * p->step + i]);
        whole[i] = (float)p->exact[i];
        pull[i] = (float)sum;
        total[i] = (float)(sum + loss->label_smoothing / p->classes * weights);
    }
    for (int c = 0; c < p->classes && smooth != 0; c++)
        for (int i = 0; i < p->count; i++)
            others[i] += class_weight(loss, c) * (p->exact[i] - p->x[c * p->step + i]);
    for (int i = 0; i < p->count; i++)
        if (p->aim[i] >= 0)
            mb->loss += (smooth != 0 ? value[i] + (double)smooth * others[i] : value[i]) * mb->scale;
    for (int c = 0; c < p->classes && p->dx != NULL; c++)
        for (int i = 0; i < p->count; i++)
            if (p->aim[i] >= 0)
                p->dx[c * p->step + i] = (total[i] * expf(p->x[c * p->step + i] - whole[i]) -
                                          smooth * class_weight(loss, c) - (c == p->aim[i] ? pull[i] : 0)) * mb->scale;
}

static void nll(struct nc_microbatch *mb, const struct nc_loss *loss, const struct places *p)
{
    for (int i = 0; i < p->count; i++) {
        if (p->aim[i] < 0)
            continue;
        float weight = class_weight(loss, p->aim[i]);
        mb->loss -= (double)weight * p->x[p->aim[i] * p->step + i] * mb->scale;
        if (p->dx != NULL)
            p->dx[p->aim[i] * p->step + i] = -weight * mb->scale;
    }
}

/* All places of a microbatch. A gradient is 0 where nothing is written: where the target is ignored, of NLLLoss but at
 * the target's class, and in the padding. */
static void over_classes(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
                         float *gradient, int of_logits)
{
    const int places = loss->places > 0 ? loss->places : 1;
    struct places p = {.classes = outputs / places, .step = places};
    double weights = 0;
    for (int c = 0; c < p.classes; c++)
        weights += class_weight(loss, c);
    for (int n = 0; n < mb->count; n++, x += stride) {
        float *dx = gradient != NULL ? gradient + (long long)n * stride : NULL;
        if (dx != NULL)
            clear(dx, 0, stride);
        for (int i = 0; i < places; i += SIDE_BY_SIDE) {
            p.count = places - i < SIDE_BY_SIDE ? places - i : SIDE_BY_SIDE;
            p.x = x + i;
            p.dx = dx != NULL ? dx + i : NULL;
            p.t = mb->probabilities ? (const float *)mb->target + (long long)n * outputs + i : NULL;
            p.label = mb->probabilities ? NULL : (const int *)mb->target + (long long)n * places + i;
            find_aims(mb, loss, &p);
            if (of_logits)
                log_sum_exp(&p);
            if (!of_logits)
                nll(mb, loss, &p);
            else if (mb->probabilities)
                soft_cross_entropy(mb, loss, &p);
            else
                hard_cross_entropy(mb, loss, &p, weights);
        }
    }
}

void nc_cross_entropy(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
                      float *gradient)
{
    over_classes(mb, loss, x, stride, outputs, gradient, 1);
}

void nc_nll(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
            float *gradient)
{
    over_classes(mb, loss, x, stride, outputs, gradient, 0);
}

/* ---- Over each output -------------------------------------------------------------------------------------------- */

/* The loss of output `c`, and in *slope its derivative by x. */
typedef double element(const struct nc_loss *loss, int c, float x, float t, float *slope);

static void each_output(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
                        float *gradient, element *of)
{
    const float *t = mb->target;
    float each = loss->reduction == NC_MEAN ? mb->scale / (float)outputs : mb->scale;
    for (int n = 0; n < mb->count; n++, x += stride, t += outputs) {
        float *dx = gradient != NULL ? gradient + (long long)n * stride : NULL;
        double sum = 0;
        for (int c = 0; c < outputs; c++) {
            float slope;
            sum += of(loss, c, x[c], t[c], &slope);
            if (dx != NULL)
                dx[c] = slope * each;
        }
        mb->loss += sum * each;
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
    void nc_##name(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,   \
                   float *gradient)                                                                                 \
    {                                                                                                               \
        each_output(mb, loss, x, stride, outputs, gradient, name);                                                  \
    }

LOSS(l1)
LOSS(mse)
LOSS(smooth_l1)
LOSS(huber)
LOSS(bce)
LOSS(bce_with_logits)
LOSS(kl_div)
