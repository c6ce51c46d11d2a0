/* profile.c: what trainers compiled with --profile measure and print. Linked into no other.
 *
 * The window is a training step, or the whole of a test. Within it every instant of every thread belongs to one row:
 * a thread's laps follow each other without a gap while it works, and what is left of the window it waited. So the
 * times of all rows add up to the window times the threads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

struct nc_profile {
    const struct nc_kernel_row *kernels;
    int kernel_count;
    struct nc_laps **laps; /* [threads] */
    unsigned long long began, ticks; /* of the window under way; of all that were */
    double began_seconds, seconds;   /* the same by the clock, to tell how long a tick is */
    long long steps, samples;
    double peak; /* multiplications and additions a second, all threads together */
};

static struct nc_laps *new_laps(const struct nc_run *run, int rows)
{
    return nc_memory(run, 1, (long long)(sizeof(struct nc_laps) + (size_t)rows * sizeof(struct nc_lap_row)),
                     "the profile");
}

/* ---- The peak ---------------------------------------------------------------------------------------------------- */

static double peak_turns(long long turns)
{
#if defined __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return __builtin_cpu_supports("avx512f") ? nc_peak_w16(turns) : nc_peak_w8(turns);
#endif
    return nc_peak_w4(turns);
}

/* The best of several short spells: others may be busy too. */
static void peak_task(void *context, int index, int thread)
{
    enum { TURNS = 200000, SPELLS = 60 };
    const double enough = 0.05; /* seconds */
    double *rate = context, began = nc_seconds();
    (void)thread;
    for (int spell = 0; spell < SPELLS && nc_seconds() - began < enough; spell++) {
        double start = nc_seconds(), flops = peak_turns(TURNS), took = nc_seconds() - start;
        if (took > 0 && flops / took > rate[index])
            rate[index] = flops / took;
    }
}

static double measure_peak(const struct nc_run *run)
{
    int threads = nc_pool_threads(run->pool);
    double *rate = nc_memory(run, threads, sizeof *rate, "the profile"), sum = 0;
    nc_pool_run(run->pool, threads, peak_task, rate);
    for (int i = 0; i < threads; i++)
        sum += rate[i];
    free(rate);
    return sum;
}

/* ---- The window -------------------------------------------------------------------------------------------------- */

static void prepare(struct nc_run *run)
{
    struct nc_profile *p = run->profile;
    int threads = nc_pool_threads(run->pool);
    p->laps = nc_memory(run, threads, sizeof *p->laps, "the profile");
    for (int i = 0; i < threads; i++)
        p->laps[i] = new_laps(run, NC_LAP_ROWS + p->kernel_count);
    p->peak = measure_peak(run);
}

static void begin(struct nc_run *run)
{
    struct nc_profile *p = run->profile;
    p->began_seconds = nc_seconds();
    p->began = nc_ticks();
    nc_pool_laps(run->pool, p->laps);
    nc_laps_use(p->laps[0]);
}

static void end(struct nc_run *run, long long steps, long long samples)
{
    struct nc_profile *p = run->profile;
    nc_lap(NC_LAP_OTHER);
    nc_laps_use(NULL);
    nc_pool_laps(run->pool, NULL);
    p->ticks += nc_ticks() - p->began;
    p->seconds += nc_seconds() - p->began_seconds;
    p->steps += steps;
    p->samples += samples;
}

/* ---- The table --------------------------------------------------------------------------------------------------- */

static int slower_first(const void *a, const void *b)
{
    const struct nc_profile_row *x = a, *y = b;
    return x->seconds < y->seconds ? 1 : x->seconds > y->seconds ? -1 : 0;
}

/* All rows, with the ticks of all threads as their seconds. Returns how many; those that the command doesn't reach are
 * left out. */
static int gather_rows(const struct nc_run *run, struct nc_profile_row *rows)
{
    static const struct nc_kernel_row fixed[NC_LAP_ROWS] = {
        [NC_LAP_ROWS + NC_LAP_UPDATE] = {.name = "adding up the shards, update", .pass = "update"},
        [NC_LAP_ROWS + NC_LAP_LOADING] = {.name = "loading: gathering the batch", .pass = "input"},
        [NC_LAP_ROWS + NC_LAP_WAIT] = {.name = "waiting for the other threads"},
        [NC_LAP_ROWS + NC_LAP_OTHER] = {.name = "other"},
    };
    const struct nc_profile *p = run->profile;
    int threads = nc_pool_threads(run->pool), count = 0;
    double all = 0;
    for (int i = 0; i < NC_LAP_ROWS + p->kernel_count; i++) {
        struct nc_profile_row row = {.what = i < NC_LAP_ROWS ? fixed[i] : p->kernels[i - NC_LAP_ROWS]};
        for (int t = 0; t < threads; t++) {
            row.seconds += (double)p->laps[t]->row[i].ticks;
            row.calls += p->laps[t]->row[i].calls;
        }
        all += row.seconds;
        if (row.calls > 0 || i < NC_LAP_ROWS)
            rows[count++] = row;
    }
    double waited = (double)p->ticks * threads - all;
    if (waited > 0)
        rows[NC_LAP_ROWS + NC_LAP_WAIT].seconds += waited;
    return count;
}

/* Multiplications and additions a second, and what share of the peak that is. */
static void set_rate(const struct nc_profile *p, double flops, double seconds, double *rate, double *of_peak)
{
    *rate = flops > 0 && seconds > 0 ? flops / seconds : 0;
    *of_peak = p->peak > 0 ? *rate / p->peak : 0;
}

/* Times are a thread's mean, so that they add up to the time of a step; rates are those of all threads together. */
static struct nc_profile_table table(const struct nc_run *run)
{
    const struct nc_profile *p = run->profile;
    struct nc_profile_table t = {.steps = p->steps, .threads = nc_pool_threads(run->pool), .peak = p->peak};
    if (p->steps == 0 || p->ticks == 0)
        return (struct nc_profile_table){0};
    t.rows = nc_memory(run, NC_LAP_ROWS + p->kernel_count, sizeof *t.rows, "the profile");
    t.count = gather_rows(run, t.rows);
    const double steps = (double)p->steps, tick = p->seconds / (double)p->ticks;
    double all = 0, flops = 0;
    for (int i = 0; i < t.count; i++)
        all += t.rows[i].seconds;
    for (int i = 0; i < t.count; i++) {
        struct nc_profile_row *row = &t.rows[i];
        const double own = row->what.flops * (double)p->samples / steps;
        row->share = all > 0 ? row->seconds / all : 0;
        row->seconds *= tick / t.threads / steps;
        set_rate(p, own, row->seconds, &row->rate, &row->of_peak);
        flops += own;
    }
    qsort(t.rows, (size_t)t.count, sizeof *t.rows, slower_first);
    t.samples = (double)p->samples / steps;
    t.seconds = p->seconds / steps;
    set_rate(p, flops, t.seconds, &t.rate, &t.of_peak);
    return t;
}

/* "512.3" and "48 %", or dashes where nothing is multiplied. */
static void rate_text(const struct nc_profile_table *t, double rate, double of_peak, char text[16], char share[16])
{
    snprintf(text, 16, "-");
    snprintf(share, 16, "-");
    if (rate > 0)
        snprintf(text, 16, "%.1f", rate * 1e-9);
    if (rate > 0 && t->peak > 0)
        snprintf(share, 16, "%.0f %%", 100 * of_peak);
}

static void print_row(const struct nc_profile_table *t, const struct nc_profile_row *row)
{
    char rate[16], share[16], line[16] = "-";
    rate_text(t, row->rate, row->of_peak, rate, share);
    if (row->what.line > 0)
        snprintf(line, sizeof line, "%d", row->what.line);
    nc_print("%10.4f %6.2f %% %10lld %9s %8s  %-8s  %-21s %4s  %s%s%s\n", 1e3 * row->seconds, 100 * row->share,
             row->calls, rate, share, row->what.pass != NULL ? row->what.pass : "-",
             row->what.family != NULL ? row->what.family : "-", line, row->what.name,
             row->what.layers != NULL ? "  " : "", row->what.layers != NULL ? row->what.layers : "");
}

static void report(struct nc_run *run)
{
    struct nc_profile_table t = table(run);
    char rate[16], share[16];
    if (t.steps == 0)
        return;
    rate_text(&t, t.rate, t.of_peak, rate, share);
    nc_print("profile: %lld %s of %.1f samples, %d thread%s, peak %.1f GFLOP/s\n", t.steps,
             run->command == NC_COMMAND_TEST ? "batches" : "steps", t.samples, t.threads, t.threads == 1 ? "" : "s",
             t.peak * 1e-9);
    nc_print("%10s %8s %10s %9s %8s  %-8s  %-21s %4s  %s\n", "ms/step", "share", "calls", "GFLOP/s", "of peak", "pass",
             "family", "line", "kernel, layers");
    for (int i = 0; i < t.count; i++)
        print_row(&t, &t.rows[i]);
    nc_print("%10.4f %6.2f %% %10s %9s %8s  all of it\n", 1e3 * t.seconds, 100.0, "", rate, share);
    free(t.rows);
}

static void release(struct nc_run *run)
{
    struct nc_profile *p = run->profile;
    for (int i = 0; i < nc_pool_threads(run->pool); i++)
        free(p->laps[i]);
    free(p->laps);
    free(p);
}

void nc_profile(struct nc_run *run, const struct nc_kernel_row *kernels, int count)
{
    static const struct nc_profiler profiler = {prepare, begin, end, report, table, release};
    struct nc_profile *p = run->profile = nc_memory(run, 1, sizeof *p, "the profile");
    p->kernels = kernels;
    p->kernel_count = count;
    run->profiler = &profiler;
}
