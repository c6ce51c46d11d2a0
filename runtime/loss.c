/* loss.c: losses, their gradients, and how many samples are classified right. */
#include <math.h>
#include <stddef.h>

#include "netc.h"

/* The first largest one, as torch.argmax. */
static int argmax(const float *x, int count)
{
    int best = 0;
    for (int c = 1; c < count; c++)
        if (x[c] > x[best])
            best = c;
    return best;
}

/* log sum exp x, with the largest taken out first so that nothing overflows. In double, so that small differences of
 * the loss can be told (gradients.c). */
static double log_sum_exp(const float *x, int classes, float largest)
{
    double sum = 0;
    for (int c = 0; c < classes; c++)
        sum += expf(x[c] - largest);
    return largest + log(sum);
}

void nc_cross_entropy(struct nc_group *g, const float *logits, int stride, int classes, double label_smoothing,
                      float *gradient)
{
    const int *labels = g->target;
    float smooth = (float)(label_smoothing / classes), sharp = (float)(1 - label_smoothing);
    for (int n = 0; n < g->count; n++) {
        const float *x = logits + (long long)n * stride;
        int best = argmax(x, classes), label = labels[n];
        double exact = log_sum_exp(x, classes, x[best]);
        float whole = (float)exact;
        double loss = (double)sharp * (exact - x[label]);
        if (label_smoothing != 0) {
            double others = 0;
            for (int c = 0; c < classes; c++)
                others += exact - x[c];
            loss += (double)smooth * others;
        }
        g->loss += loss * g->scale;
        g->correct += best == label;

        if (gradient == NULL)
            continue;
        float *dx = gradient + (long long)n * stride; /* dx = (softmax x - target) * scale */
        for (int c = 0; c < classes; c++)
            dx[c] = (expf(x[c] - whole) - smooth - (c == label ? sharp : 0)) * g->scale;
        for (int c = classes; c < stride; c++)
            dx[c] = 0;
    }
}

void nc_mse(struct nc_group *g, const float *output, int stride, int outputs, int sum, float *gradient)
{
    const float *targets = g->target;
    float each = sum ? g->scale : g->scale / (float)outputs;
    for (int n = 0; n < g->count; n++) {
        const float *x = output + (long long)n * stride, *t = targets + (long long)n * outputs;
        double loss = 0;
        for (int c = 0; c < outputs; c++)
            loss += (double)(x[c] - t[c]) * (x[c] - t[c]);
        g->loss += loss * each;

        if (gradient == NULL)
            continue;
        float *dx = gradient + (long long)n * stride; /* dx = 2 (x - t) / outputs */
        for (int c = 0; c < outputs; c++)
            dx[c] = 2 * (x[c] - t[c]) * each;
        for (int c = outputs; c < stride; c++)
            dx[c] = 0;
    }
}
