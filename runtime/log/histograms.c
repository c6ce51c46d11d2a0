/* nc_log_histograms: after each epoch the values of each parameter that learns, or is frozen, and the gradients that
 * its last step learned from, as torch's add_histogram counts them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"

/* SummaryWriter.default_bins: limits from 1e-12 up to 1e20, each a tenth above the one before, the same below 0, and 0
 * between. */
enum { MOST_LIMITS = 800, TAG = 1024 };

struct histograms {
    struct nc_log_part part;
    double limits[2 * MOST_LIMITS + 1];
    double counts[2 * MOST_LIMITS + 1]; /* of the bin that ends at this limit; first what comes before any */
    int limit_count;
    float *values;    /* of the largest parameter */
    float *gradients; /* run->seen */
};

static void set_limits(struct histograms *h)
{
    double above[MOST_LIMITS];
    int count = 0;
    for (double v = 1e-12; v < 1e20; v *= 1.1)
        above[count++] = v;
    for (int i = 0; i < count; i++) {
        h->limits[i] = -above[count - 1 - i];
        h->limits[count + 1 + i] = above[i];
    }
    h->limits[count] = 0;
    h->limit_count = 2 * count + 1;
}

/* The bin of x, [limits[i - 1], limits[i]), of the last one with its end; 0: x is in none. */
static int bin_of(const struct histograms *h, double x)
{
    int low = 0, high = h->limit_count - 1;
    if (!(x >= h->limits[0]) || x > h->limits[high])
        return 0;
    while (high - low > 1) {
        const int middle = (low + high) / 2;
        if (x < h->limits[middle])
            high = middle;
        else
            low = middle;
    }
    return high;
}

/* tensorboard's make_histogram: bins from the one in front of the first that is not empty to the last such. */
static int count_values(struct histograms *h, const float *x, long long count, struct nc_histogram *made)
{
    *made = (struct nc_histogram){.min = HUGE_VAL, .max = -HUGE_VAL, .num = (double)count};
    memset(h->counts, 0, sizeof h->counts);
    for (long long i = 0; i < count; i++) {
        const double v = (double)x[i];
        const int bin = bin_of(h, v);
        made->min = fmin(made->min, v);
        made->max = fmax(made->max, v);
        made->sum += v;
        made->sum_squares += v * v;
        h->counts[bin] += bin > 0;
    }
    int first = 1, last = h->limit_count - 1;
    while (first < h->limit_count && h->counts[first] == 0)
        first++;
    while (last > 0 && h->counts[last] == 0)
        last--;
    if (last == 0)
        return 0;
    h->counts[0] = 0;
    made->limits = h->limits + first - 1;
    made->counts = h->counts + first - 1;
    made->bins = last - first + 2;
    return 1;
}

static int is_weight(const struct nc_parameter *p)
{
    return p->kind == NC_LEARNED || p->kind == NC_FROZEN;
}

/* Of a parameter's elements in `block`. */
static void log_values(struct nc_run *run, struct histograms *h, const struct nc_parameter *p, const char *tag,
                       const float *block)
{
    struct nc_event_record *record = nc_log_record(run);
    struct nc_histogram made;
    if (record == NULL)
        return;
    nc_parameter_gather(p, block, h->values);
    if (count_values(h, h->values, nc_parameter_elements(p), &made))
        nc_log_write(run, nc_event_histogram(record, nc_log_time(), run->epoch, tag, &made));
}

static void log_epoch(struct nc_run *run, void *own)
{
    struct histograms *h = own;
    for (int i = 0; i < run->model->parameter_count; i++) {
        const struct nc_parameter *p = &run->model->parameters[i];
        char tag[TAG];
        if (is_weight(p))
            log_values(run, h, p, p->name, run->weights);
        if (p->kind != NC_LEARNED || run->seen_step != run->steps || run->steps == 0)
            continue;
        snprintf(tag, sizeof tag, "%s.grad", p->name);
        log_values(run, h, p, tag, run->seen);
    }
}

static void open_histograms(struct nc_run *run, void *own)
{
    struct histograms *h = own;
    long long most = 1;
    for (int i = 0; i < run->model->parameter_count; i++) {
        const long long elements = nc_parameter_elements(&run->model->parameters[i]);
        most = elements > most ? elements : most;
    }
    h->values = nc_memory(run, most, sizeof *h->values, "histograms of the log");
    h->gradients = run->seen = nc_memory(run, run->model->block, sizeof *run->seen, "histograms of the log");
    set_limits(h);
}

static void close_histograms(void *own)
{
    struct histograms *h = own;
    free(h->values);
    free(h->gradients);
    free(h);
}

void nc_log_histograms(struct nc_run *run)
{
    struct histograms *h = nc_memory(run, 1, sizeof *h, "the log");
    h->part = (struct nc_log_part){.open = open_histograms, .epoch = log_epoch, .close = close_histograms, .own = h};
    nc_log_add(run, &h->part);
}
