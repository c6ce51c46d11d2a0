/* views.c: `views` of the test data, test-time augmentation: each sample goes through the model as several pictures,
 * and what counts is the mean of the outputs. The views are those of cifar10-airbench (tta_level 1 and 2): the picture
 * and its mirror; or half of that, and half of the same for the picture moved by a pixel, up and to the left, and down
 * and to the right, where the edges are filled by reflection. */
#include <stdlib.h>
#include <string.h>

#include "core.h"

/* One picture of a sample. */
struct view {
    int down, right; /* which pixel is at the upper left: 1: that below, or to the right */
    int mirror;
    float weight;
};

static const struct view mirror[] = {{0, 0, 0, 0.5f}, {0, 0, 1, 0.5f}};
static const struct view mirror_translate[] = {
    {0, 0, 0, 0.25f},    {0, 0, 1, 0.25f},   {-1, -1, 0, 0.125f},
    {-1, -1, 1, 0.125f}, {1, 1, 0, 0.125f},  {1, 1, 1, 0.125f},
};

struct nc_views {
    const struct view *view;
    int count;
    void (*loss)(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
                 float *gradient);
    /* of the pass under way */
    int at;                /* the number of the view */
    const void **original; /* [samples] as the loader gives them */
    unsigned char *made;   /* [samples][bytes] */
    long long bytes;       /* of a sample */
    float *sum;            /* [samples][outputs] */
    struct nc_pass *pass;
};

void nc_test_views(struct nc_run *run, const char *views,
                   void (*loss)(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride,
                                int outputs, float *gradient))
{
    const int moves = strcmp(views, "mirror") != 0;
    run->views = nc_memory(run, 1, sizeof *run->views, "the views");
    run->views->view = moves ? mirror_translate : mirror;
    run->views->count = (int)(moves ? sizeof mirror_translate : sizeof mirror) / (int)sizeof(struct view);
    run->views->loss = loss;
}

void nc_views_prepare(struct nc_run *run, int samples)
{
    struct nc_views *v = run->views;
    const struct nc_data *data = run->test.data;
    if (v == NULL)
        return;
    v->bytes = data->shape[0] * data->shape[1] * data->shape[2] * (data->element == NC_BYTE ? 1 : (int)sizeof(float));
    v->original = nc_memory(run, samples, sizeof *v->original, "the views");
    v->made = nc_memory(run, samples, v->bytes, "the views");
    v->sum = nc_memory(run, samples, run->model->outputs * (long long)sizeof(float), "the views");
}

void nc_views_free(struct nc_run *run)
{
    if (run->views == NULL)
        return;
    free(run->views->original);
    free(run->views->made);
    free(run->views->sum);
    free(run->views);
}

/* The row or column that stands at place `at` of `size`, which may be one outside: the edge is not repeated. */
static long long reflected(long long at, long long size)
{
    return size == 1 ? 0 : at < 0 ? -at : at >= size ? 2 * size - 2 - at : at;
}

static void make_view(const struct view *view, const struct nc_data *data, const unsigned char *from,
                      unsigned char *to)
{
    const long long rows = data->shape[1], columns = data->shape[2];
    const long long size = data->element == NC_BYTE ? 1 : (long long)sizeof(float);
    for (long long y = 0; y < data->shape[0] * rows; y++) {
        const long long source = y / rows * rows + reflected(y % rows + view->down, rows);
        for (long long x = 0; x < columns; x++) {
            const long long moved = reflected((view->mirror ? columns - 1 - x : x) + view->right, columns);
            memcpy(to + (y * columns + x) * size, from + (source * columns + moved) * size, (size_t)size);
        }
    }
}

static void make_task(void *context, int index, int thread)
{
    struct nc_views *v = context;
    (void)thread;
    unsigned char *to = v->made + index * v->bytes;
    make_view(&v->view[v->at], v->pass->loader->data, v->original[index], to);
    v->pass->input[index] = to;
}

/* What a view gave goes into the mean; that of the last one is the mean, and the loss is of it. */
static void average(struct nc_run *run, struct nc_microbatch *mb)
{
    struct nc_views *v = run->views;
    int stride;
    float *x = (float *)nc_microbatch_outputs(run, mb, &stride);
    const int outputs = run->model->outputs;
    const float weight = v->view[v->at].weight;
    for (int n = 0; n < mb->count; n++) {
        float *sum = v->sum + (long long)(mb->first + n) * outputs;
        for (int i = 0; i < outputs; i++)
            sum[i] = (v->at > 0 ? sum[i] : 0) + weight * x[(long long)n * stride + i];
        if (v->at == v->count - 1)
            memcpy(x + (long long)n * stride, sum, (size_t)outputs * sizeof *sum);
    }
    if (v->at < v->count - 1)
        return;
    mb->loss = 0;
    mb->correct = 0;
    v->loss(mb, run->model->loss, x, stride, outputs, NULL);
}

struct nc_score nc_views_run(struct nc_pass *pass)
{
    struct nc_run *run = pass->run;
    struct nc_views *v = run->views;
    void (*look)(void *, const struct nc_phase *, const struct nc_microbatch *) = pass->look;
    struct nc_score score = {0};
    for (int i = 0; i < pass->count; i++)
        v->original[i] = pass->ready ? pass->input[i]
                                     : nc_data_sample(pass->loader->data, pass->loader->order[pass->place + i]);
    v->pass = pass;
    pass->ready = 1;
    pass->average = average;
    for (v->at = 0; v->at < v->count; v->at++) {
        nc_pool_run(run->pool, pass->count, make_task, v);
        pass->look = v->at == v->count - 1 ? look : NULL;
        score = nc_pass_run(pass);
    }
    memcpy(pass->input, v->original, (size_t)pass->count * sizeof *pass->input); /* for whoever shows them */
    return score;
}
