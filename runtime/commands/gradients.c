/* gradients.c: the gradients that backward gives against central finite differences of the loss that forward gives,
 * over the first batch, with the same dropout masks.
 *
 * The slope between w - h and w + h is taken for falling h until three in a row agree, or two with the gradient: each
 * slope is two forward passes, and they are all the time that this takes. Where none do, or where the slopes left and
 * right of w stay apart, w stands at a kink of a ReLU or a max pool (or all is lost in rounding), and nothing can be
 * said. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "system/cells.h"
#include "core.h"
#include "step/step.h"

enum { MOST_ELEMENTS = 24, STEP_SIZES = 5 };

static const double tolerance = 0.02;  /* of a parameter's largest gradient */
static const double first_step = 0.08; /* of a parameter's root mean square */
static const double unset_size = 0.1;  /* taken for that where a parameter begins as zeros */

struct slope {
    double central; /* (loss(w + h) - loss(w - h)) / 2h */
    double gap;     /* the slope to the right less the slope to the left */
};

/* What is found out about one parameter. */
struct comparison {
    long long elements;
    int compared, kinks, padding;
    double largest; /* gradient */
    double apart;   /* largest difference, as a share of it */
};

static double loss_at(struct nc_run *run, float *weight, float value)
{
    float kept = *weight;
    *weight = value;
    nc_pack_forward(run); /* it may read another layout of the weight */
    double loss = nc_step_forward(run).loss;
    *weight = kept; /* and whoever reads the layouts next makes them anew, as here */
    return loss;
}

static struct slope slope(struct nc_run *run, float *weight, double step, double here)
{
    float right = *weight + (float)step, left = *weight - (float)step; /* as they really are, after rounding */
    double up = loss_at(run, weight, right), down = loss_at(run, weight, left);
    return (struct slope){
        .central = (up - down) / ((double)right - left),
        .gap = (up - here) / ((double)right - *weight) - (here - down) / ((double)*weight - left),
    };
}

/* The slope of the loss by one weight, of which backward says that it is `gradient`. Returns 0 at a kink. */
static int differentiate(struct nc_run *run, float *weight, double step, double here, double gradient, double close,
                         double *result)
{
    struct slope wide = slope(run, weight, step, here);
    int agreed = 0;
    for (int i = 1; i < STEP_SIZES; i++) {
        step /= 4;
        struct slope narrow = slope(run, weight, step, here);
        *result = narrow.central;
        /* Where the loss is smooth the gap falls with the step; at a kink it stays. */
        int kink = fabs(narrow.gap) > 2 * close && fabs(narrow.gap) > fabs(wide.gap) / 2;
        agreed = fabs(wide.central - narrow.central) <= close && !kink ? agreed + 1 : 0;
        if (agreed == 2 || (agreed == 1 && fabs(narrow.central - gradient) <= close))
            return 1;
        wide = narrow;
    }
    return 0;
}

double nc_gradient_at(const struct nc_run *run, long long place)
{
    float sum = 0;
    if (place >= run->model->sharded)
        return run->step->pass.whole[place];
    for (int shard = 0; shard < nc_pass_shards(&run->step->pass); shard++)
        sum += run->gradients[shard * run->model->sharded + place];
    return sum;
}

/* Visits all elements: their root mean square and largest gradient; what no axis reaches must have none, since it has
 * to stay zero. */
static double survey(const struct nc_run *run, const struct nc_parameter *p, struct comparison *c)
{
    struct nc_walk walk;
    double squares = 0;
    unsigned char *reached = nc_memory(run, p->floats, 1, "the comparison");
    nc_walk_start(&walk, p->axes, p->axis_count);
    for (long long i = 0; i < c->elements; i++, nc_walk_next(&walk)) {
        double w = run->weights[p->offset + walk.offset];
        squares += w * w;
        c->largest = fmax(c->largest, fabs(nc_gradient_at(run, p->offset + walk.offset)));
        reached[walk.offset] = 1;
    }
    for (long long i = 0; i < p->floats; i++)
        c->padding += !reached[i] && nc_gradient_at(run, p->offset + i) != 0;
    free(reached);
    return sqrt(squares / (double)c->elements);
}

static struct comparison compare(struct nc_run *run, const struct nc_parameter *p, double here)
{
    struct comparison c = {.elements = nc_parameter_elements(p)};
    struct nc_walk walk;
    int count = c.elements < MOST_ELEMENTS ? (int)c.elements : MOST_ELEMENTS, next = 0;
    double size = survey(run, p, &c), scale = size > 0 ? fmax(size, 1e-3) : unset_size;
    double least = fmax(c.largest, 1e-7 * fabs(here) / (first_step * scale));
    nc_walk_start(&walk, p->axes, p->axis_count);
    for (long long i = 0; i < c.elements; i++, nc_walk_next(&walk)) {
        if (i != (count > 1 ? (c.elements - 1) * next / (count - 1) : 0))
            continue;
        next++;
        double slope_here, gradient = nc_gradient_at(run, p->offset + walk.offset);
        if (!differentiate(run, run->weights + p->offset + walk.offset, first_step * scale, here, gradient,
                           tolerance / 4 * least, &slope_here)) {
            c.kinks++;
            continue;
        }
        c.compared++;
        c.apart = fmax(c.apart, fabs(slope_here - gradient) / least);
    }
    return c;
}

int nc_gradients(struct nc_run *run)
{
    int wrong = 0;
    nc_loader_begin(&run->train, &run->random);
    nc_feed_begin(run->train.feed, 0);
    struct nc_score score = nc_step_gradients(run, 0);
    if (!isfinite(score.loss))
        nc_diverged(run, score.loss);
    nc_print("loss %f of %lld samples\n%-32s %10s %8s %6s %12s %10s\n", score.loss, score.count, "parameter",
             "elements", "compared", "kinks", "largest", "apart");
    for (int i = 0; i < run->model->parameter_count; i++) {
        const struct nc_parameter *p = &run->model->parameters[i];
        if (p->kind != NC_LEARNED)
            continue;
        struct comparison c = compare(run, p, score.loss);
        int bad = !(c.apart <= tolerance) || c.padding > 0;
        nc_print("%-*s %10lld %8d %6d %12.4e %8.3f %%%s\n", nc_field(p->name, 32), p->name, c.elements, c.compared,
               c.kinks, c.largest, 100 * c.apart, !bad ? "" : c.padding > 0 ? "  padding has a gradient" : "  wrong");
        wrong += bad;
    }
    if (wrong > 0)
        nc_fail(run, NULL, "the gradients of %d parameter%s are not those of the loss", wrong, wrong == 1 ? "" : "s");
    return 0;
}
