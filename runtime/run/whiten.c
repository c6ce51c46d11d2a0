/* whiten.c: NC_INIT_WHITENING, a convolution's weight from the training data. Of all patches of the first samples, as
 * the first epoch may see them, the mean products of their numbers are a matrix; its eigenvectors v, with eigenvalues e
 * from the largest on, give outputs v / sqrt(e + eps), and as many outputs again are their opposites. Of v and -v it
 * is the one whose largest number is above 0. The run's generator is left as it is: transforms by chance draw from a
 * copy of it. Sums are those of a fixed number of parts, added up in order, so that bits don't depend on threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

enum { PARTS = 16, LANES = 8, WHY = 1024 };

struct whitening {
    const struct nc_run *run;
    struct nc_data *data;
    long long samples;
    int channels, rows, columns;   /* of a sample */
    int window[2];                 /* of a patch */
    int numbers;                   /* of a patch */
    double *sum;                   /* [PARTS][numbers][numbers], of which the upper half counts */
    float *image;                  /* [threads][channels][rows][columns] */
    unsigned char *plans, *slots;  /* [samples], [threads]: of a preparation */
    char (*why)[WHY];              /* [PARTS]: why a sample of the part can't be made; "" */
};

/* The products of two numbers of a patch, over all places of it in an image. */
static double products(const struct whitening *w, const float *a, const float *b)
{
    double sum[LANES] = {0};
    const int rows = w->rows - w->window[0] + 1, columns = w->columns - w->window[1] + 1;
    for (int y = 0; y < rows; y++, a += w->columns, b += w->columns) {
        int x = 0;
        for (; x + LANES <= columns; x += LANES)
            for (int lane = 0; lane < LANES; lane++)
                sum[lane] += (double)a[x + lane] * (double)b[x + lane];
        for (; x < columns; x++)
            sum[0] += (double)a[x] * (double)b[x];
    }
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

/* Where number `index` of the patch at the image's corner stands. */
static long long place_of(const struct whitening *w, int index)
{
    const int x = index % w->window[1], y = index / w->window[1] % w->window[0];
    return ((long long)(index / w->window[1] / w->window[0]) * w->rows + y) * w->columns + x;
}

static void add_image(const struct whitening *w, const float *image, double *sum)
{
    for (int i = 0; i < w->numbers; i++)
        for (int k = i; k < w->numbers; k++)
            sum[i * w->numbers + k] += products(w, image + place_of(w, i), image + place_of(w, k));
}

/* A sample as floats; NULL after a reason in `why`. */
static const float *image_of(struct whitening *w, long long sample, int thread, char *why)
{
    const struct nc_preparation *preparation = w->data->preparation;
    const int pixels = w->rows * w->columns;
    const void *raw;
    if (preparation != NULL) {
        unsigned char *slot = w->slots + thread * preparation->bytes;
        if (!preparation->make(w->data, sample, w->plans + sample * preparation->plan_bytes, thread, slot, why, WHY))
            return NULL;
        raw = slot;
    } else {
        raw = nc_data_sample(w->data, sample);
    }
    if (w->data->element == NC_FLOAT)
        return raw;
    float *image = w->image + (long long)thread * w->channels * pixels;
    for (int i = 0; i < w->channels * pixels; i++)
        image[i] = w->data->pixel[i / pixels][((const unsigned char *)raw)[i]];
    return image;
}

static void part_task(void *context, int index, int thread)
{
    struct whitening *w = context;
    const long long end = w->samples * (index + 1) / PARTS;
    for (long long sample = w->samples * index / PARTS; sample < end; sample++) {
        const float *image = image_of(w, sample, thread, w->why[index]);
        if (image == NULL)
            return;
        add_image(w, image, w->sum + (long long)index * w->numbers * w->numbers);
    }
}

/* Plans all samples, as an epoch in the data set's own order would. */
static void plan(struct whitening *w, struct nc_random random)
{
    const struct nc_preparation *preparation = w->data->preparation;
    struct nc_why why;
    preparation->start(w->data, nc_pool_threads(w->run->pool));
    w->plans = nc_memory(w->run, w->samples, preparation->plan_bytes, "the whitening");
    w->slots = nc_memory(w->run, nc_pool_threads(w->run->pool), preparation->bytes, "the whitening");
    for (long long i = 0; i < w->samples; i++)
        if (!preparation->plan(w->data, i, &random, w->plans + i * preparation->plan_bytes, &why))
            nc_fail(w->run, why.hint, "%s", why.text);
}

/* The mean products, in the first part's place. */
static void mean_products(struct whitening *w)
{
    const int n = w->numbers;
    const double patches = (double)w->samples * (w->rows - w->window[0] + 1) * (w->columns - w->window[1] + 1);
    for (int i = 0; i < n; i++)
        for (int k = i; k < n; k++) {
            double sum = 0;
            for (int part = 0; part < PARTS; part++)
                sum += w->sum[(part * n + i) * n + k];
            w->sum[i * n + k] = w->sum[k * n + i] = sum / patches;
        }
}

/* One of Jacobi's rotations, which makes a[p][q] and a[q][p] 0; row k of v is an eigenvector in the end. */
static void rotate(double *a, double *v, int n, int p, int q)
{
    const double apart = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
    const double t = (apart < 0 ? -1 : 1) / (fabs(apart) + sqrt(apart * apart + 1)), c = 1 / sqrt(t * t + 1), s = t * c;
    for (int k = 0; k < n; k++) {
        const double x = a[k * n + p], y = a[k * n + q];
        a[k * n + p] = c * x - s * y;
        a[k * n + q] = s * x + c * y;
    }
    for (int k = 0; k < n; k++) {
        const double x = a[p * n + k], y = a[q * n + k], vx = v[p * n + k], vy = v[q * n + k];
        a[p * n + k] = c * x - s * y;
        a[q * n + k] = s * x + c * y;
        v[p * n + k] = c * vx - s * vy;
        v[q * n + k] = s * vx + c * vy;
    }
}

/* Makes the symmetric matrix a diagonal: its eigenvalues. */
static void diagonalize(double *a, double *v, int n)
{
    enum { MOST_SWEEPS = 60 };
    for (int i = 0; i < n * n; i++)
        v[i] = i / n == i % n;
    for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
        double off = 0, all = 0;
        for (int i = 0; i < n * n; i++) {
            all += a[i] * a[i];
            off += i / n != i % n ? a[i] * a[i] : 0;
        }
        if (!(off > 1e-30 * all))
            return;
        for (int p = 0; p < n; p++)
            for (int q = p + 1; q < n; q++)
                if (a[p * n + q] != 0)
                    rotate(a, v, n, p, q);
    }
}

/* The row of v with the largest eigenvalue of those that are not taken. */
static int next_largest(const double *a, int n, unsigned char *taken)
{
    int best = -1;
    for (int i = 0; i < n; i++)
        if (!taken[i] && (best < 0 || a[i * n + i] > a[best * n + best]))
            best = i;
    taken[best] = 1;
    return best;
}

static void directions(const struct whitening *w, double *a, const struct nc_fill *fill, long long pairs, float *to)
{
    const int n = w->numbers;
    double *v = nc_memory(w->run, (long long)n * n, sizeof *v, "the whitening");
    unsigned char *taken = nc_memory(w->run, n, 1, "the whitening");
    diagonalize(a, v, n);
    for (long long pair = 0; pair < pairs; pair++) {
        const int row = next_largest(a, n, taken);
        const double *direction = v + (long long)row * n;
        int largest = 0;
        for (int i = 1; i < n; i++)
            largest = fabs(direction[i]) > fabs(direction[largest]) ? i : largest;
        const double value = a[row * n + row] > 0 ? a[row * n + row] : 0; /* below 0 by rounding alone */
        const double factor = (direction[largest] < 0 ? -1 : 1) / sqrt(value + fill->low);
        for (int i = 0; i < n; i++) {
            to[pair * n + i] = (float)(direction[i] * factor);
            to[(pairs + pair) * n + i] = -to[pair * n + i];
        }
    }
    free(v);
    free(taken);
}

void nc_whiten(const struct nc_run *run, const struct nc_random *random, const struct nc_fill *fill,
               const struct nc_parameter *p, float *to)
{
    struct nc_data *data = run->train.data;
    const int threads = nc_pool_threads(run->pool);
    struct whitening w = {
        .run = run, .data = data, .samples = (long long)fill->high < data->count ? (long long)fill->high : data->count,
        .channels = (int)data->shape[0], .rows = (int)data->shape[1], .columns = (int)data->shape[2],
        .window = {(int)p->shape[2], (int)p->shape[3]}, .numbers = (int)(p->shape[1] * p->shape[2] * p->shape[3]),
    };
    w.sum = nc_memory(run, (long long)PARTS * w.numbers * w.numbers, sizeof *w.sum, "the whitening");
    w.image = nc_memory(run, (long long)threads * w.channels * w.rows * w.columns, sizeof *w.image, "the whitening");
    w.why = nc_memory(run, PARTS, sizeof *w.why, "the whitening");
    if (data->preparation != NULL)
        plan(&w, *random);
    nc_pool_run(run->pool, PARTS, part_task, &w);
    for (int part = 0; part < PARTS; part++)
        if (w.why[part][0] != '\0')
            nc_fail(run, NULL, "%s", w.why[part]);
    mean_products(&w);
    directions(&w, w.sum, fill, p->shape[0] / 2, to);
    for (long long i = 0; w.plans != NULL && i < w.samples; i++)
        data->preparation->end_plan(data, w.plans + i * data->preparation->plan_bytes);
    free(w.sum);
    free(w.image);
    free(w.why);
    free(w.plans);
    free(w.slots);
}
