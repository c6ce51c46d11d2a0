/* exchange.c: what the processes that share a pass tell each other. The program has tables of it: what each phase
 * leaves of samples that a later one sums over (struct nc_gathered), and the gradients of which each process makes some
 * parts (struct nc_shared_out). All of it travels while the phases in between are computed. */
#include <stdlib.h>

#include "engine.h"
#include "step/exchange.h"
#include "step/optimizer.h"
#include "step/ranks.h"

enum { NONE = -1 };

/* What each rank reads of samples of which each reads some channels alone. */
struct readers {
    struct nc_form *forms; /* [ranks]; NULL: all ranks read all */
    long long *from;       /* [ranks] where in the memory of the batch */
};

struct nc_exchange {
    long long *at;                    /* [ranks + 1] where in a stretch of memory each rank's bytes begin */
    struct readers *readers;          /* [gathered_count] */
    int *gathers;                     /* [gathered_count] transfers under way, or NONE */
    int *tells;                       /* [shared_out_count] likewise */
    const struct nc_shared_out **of;  /* [phase_count] of each phase; NULL: its parts are not shared out */
    int **order;                      /* [shared_out_count][parts] their numbers, in the order of the ranks */
    long long *begin;                 /* [shared_out_count + 1] where each one's parts begin, */
    float *told;                      /* here: [part][floats of a part] */
    int under_way;                    /* transfers */
};

static const struct nc_gathered *gathered(const struct nc_pass *pass, int *count)
{
    const struct nc_model *m = pass->run->model;
    const struct nc_passage *way = pass->evaluates ? m->evaluation : NULL;
    *count = way != NULL ? way->gathered_count : m->gathered_count;
    return way != NULL ? way->gathered : m->gathered;
}

static long long floats_of_part(const struct nc_shared_out *of)
{
    return of->floats * (of->rows.inner > 0 ? of->rows.outer * of->rows.inner : 1);
}

/* ---- Which parts each rank makes --------------------------------------------------------------------------------- */

static int part_count(const struct nc_shared_out *of)
{
    return of->cut[0] * of->cut[1] * of->cut[2];
}

/* Where in a column a part begins to read. */
static long long read_from(const struct nc_shared_out *of, const struct nc_gathered *row, int part)
{
    const int i = part / of->cut[2] / of->cut[1], j = part / of->cut[2] % of->cut[1], k = part % of->cut[2];
    return (i * row->part_step[0] + j * row->part_step[1] + k * row->part_step[2]) % row->col_step;
}

/* The place of (a, b) along a curve through a square, of which a stretch has few different a and few different b: their
 * bits in turn, as a Gray code. */
static unsigned along_curve(unsigned a, unsigned b)
{
    unsigned code = 0;
    for (int bit = 0; bit < 16; bit++)
        code |= (a >> bit & 1) << (2 * bit + 1) | (b >> bit & 1) << 2 * bit;
    for (int shift = 1; shift < 32; shift *= 2)
        code ^= code >> shift;
    return code;
}

struct placed {
    unsigned along;
    int part;
};

static int by_place(const void *a, const void *b)
{
    const struct placed *one = a, *other = b;
    if (one->along != other->along)
        return one->along < other->along ? -1 : 1;
    return one->part - other->part;
}

static long long bytes_of_sample(const struct nc_gathered *row)
{
    return row->rows * row->cols * row->bytes;
}

/* Parts that follow each other read few channels: of what samples have most of, the first rank's parts read the first
 * half, if there are two ranks. */
static void order_parts(const struct nc_run *run, const struct nc_shared_out *of, int *order)
{
    const struct nc_model *m = run->model;
    const struct nc_gathered *most = NULL, *next = NULL;
    for (int i = 0; i < m->gathered_count; i++) {
        const struct nc_gathered *row = &m->gathered[i];
        if (row->before != of->phase || row->part == 0)
            continue;
        if (most == NULL || bytes_of_sample(row) > bytes_of_sample(most)) {
            next = most;
            most = row;
        } else if (next == NULL || bytes_of_sample(row) > bytes_of_sample(next)) {
            next = row;
        }
    }
    struct placed *placed = nc_memory(run, part_count(of), sizeof *placed, "the exchange");
    for (int part = 0; part < part_count(of); part++) {
        const long long a = most != NULL ? read_from(of, most, part) / most->part : 0;
        const long long b = next != NULL ? read_from(of, next, part) / next->part : 0;
        placed[part] = (struct placed){along_curve((unsigned)a, (unsigned)b), part};
    }
    qsort(placed, (size_t)part_count(of), sizeof *placed, by_place);
    for (int i = 0; i < part_count(of); i++)
        order[i] = placed[i].part;
    free(placed);
}

/* What each rank's parts read of samples. */
static void find_readers(const struct nc_pass *pass, const struct nc_gathered *row, struct readers *readers)
{
    const struct nc_run *run = pass->run;
    const struct nc_shared_out *of = nc_exchange_parts(pass, run->model->phases + row->before);
    if (row->part == 0)
        return;
    readers->forms = nc_memory(run, run->ranks, sizeof *readers->forms, "the exchange");
    readers->from = nc_memory(run, run->ranks, sizeof *readers->from, "the exchange");
    for (int rank = 0; rank < run->ranks; rank++) {
        long long from = row->col_step, end = 0;
        for (int i = nc_ranks_first(run, of->parts, rank); i < nc_ranks_first(run, of->parts, rank + 1); i++) {
            const long long at = read_from(of, row, nc_exchange_number(pass, of, i));
            from = at < from ? at : from;
            end = at + row->part > end ? at + row->part : end;
        }
        readers->from[rank] = row->offset + from;
        readers->forms[rank] = (struct nc_form){row->rows, row->row_step, row->cols, row->col_step,
                                                end > from ? end - from : 0, row->step};
    }
}

void nc_exchange_prepare(struct nc_pass *pass)
{
    const struct nc_run *run = pass->run;
    const struct nc_model *m = run->model;
    struct nc_exchange *e = pass->exchange = nc_memory(run, 1, sizeof *e, "the exchange");
    int count;
    gathered(pass, &count);
    e->at = nc_memory(run, run->ranks + 1, sizeof *e->at, "the exchange");
    e->gathers = nc_memory(run, count, sizeof *e->gathers, "the exchange");
    e->readers = nc_memory(run, count, sizeof *e->readers, "the exchange");
    for (int i = 0; i < count; i++)
        e->gathers[i] = NONE;
    if (pass->evaluates)
        return;
    e->order = nc_memory(run, m->shared_out_count, sizeof *e->order, "the exchange");
    e->of = nc_memory(run, m->phase_count, sizeof *e->of, "the exchange");
    e->tells = nc_memory(run, m->shared_out_count, sizeof *e->tells, "the exchange");
    e->begin = nc_memory(run, m->shared_out_count + 1, sizeof *e->begin, "the exchange");
    for (int i = 0; i < m->shared_out_count; i++) {
        const struct nc_shared_out *of = &m->shared_out[i];
        e->of[of->phase] = of;
        e->tells[i] = NONE;
        e->begin[i + 1] = e->begin[i] + of->parts * floats_of_part(of);
        e->order[i] = nc_memory(run, of->parts, sizeof **e->order, "the exchange");
        order_parts(run, of, e->order[i]);
    }
    for (int i = 0; i < count; i++)
        find_readers(pass, &m->gathered[i], &e->readers[i]);
    e->told = nc_memory(run, e->begin[m->shared_out_count], sizeof *e->told, "the exchange");
}

void nc_exchange_free(struct nc_pass *pass)
{
    struct nc_exchange *e = pass->exchange;
    if (e == NULL)
        return;
    int count;
    gathered(pass, &count);
    for (int i = 0; i < count; i++) {
        free(e->readers[i].forms);
        free(e->readers[i].from);
    }
    for (int i = 0; e->order != NULL && i < pass->run->model->shared_out_count; i++)
        free(e->order[i]);
    free(e->readers);
    free(e->order);
    free(e->at);
    free(e->gathers);
    free(e->tells);
    free(e->of);
    free(e->begin);
    free(e->told);
    free(e);
}

static void finish(struct nc_pass *pass, int *transfer)
{
    if (*transfer == NONE)
        return;
    pass->run->engine->wait(*transfer);
    pass->exchange->under_way--;
    *transfer = NONE;
}

void nc_exchange_go_on(struct nc_pass *pass)
{
    if (pass->exchange->under_way > 0)
        pass->run->engine->go_on();
}

/* ---- Samples ----------------------------------------------------------------------------------------------------- */

void nc_exchange_gather(struct nc_pass *pass, const struct nc_phase *first, const struct nc_phase *end)
{
    struct nc_exchange *e = pass->exchange;
    int count;
    const struct nc_gathered *rows = gathered(pass, &count);
    for (int i = 0; i < count; i++) {
        const struct nc_phase *phase = nc_pass_phases(pass) + rows[i].phase;
        if (phase < first || phase >= end || (!pass->backward && !rows[i].forward))
            continue;
        const struct readers *readers = &e->readers[i];
        const struct nc_form all = {rows[i].rows,  rows[i].row_step, rows[i].cols, rows[i].col_step,
                                    rows[i].bytes, rows[i].step};
        for (int rank = 0; rank <= pass->run->ranks; rank++)
            e->at[rank] = nc_pass_first_sample(pass, rank);
        e->gathers[i] = readers->forms != NULL
            ? pass->run->engine->spread_samples(pass->run->batch, e->at, readers->from, readers->forms)
            : pass->run->engine->gather_samples(pass->run->batch + rows[i].offset, e->at, &all);
        e->under_way++;
    }
    nc_lap(NC_LAP_WAIT);
}

void nc_exchange_wait(struct nc_pass *pass, const struct nc_phase *first, const struct nc_phase *end)
{
    int count;
    const struct nc_gathered *rows = gathered(pass, &count);
    for (int i = 0; i < count; i++) {
        const struct nc_phase *phase = nc_pass_phases(pass) + rows[i].before;
        if (phase >= first && phase < end)
            finish(pass, &pass->exchange->gathers[i]);
    }
    nc_lap(NC_LAP_WAIT);
}

/* ---- Parts of gradients ------------------------------------------------------------------------------------------ */

const struct nc_shared_out *nc_exchange_parts(const struct nc_pass *pass, const struct nc_phase *phase)
{
    const struct nc_exchange *e = pass->exchange;
    return e != NULL && e->of != NULL ? e->of[phase - pass->run->model->phases] : NULL;
}

int nc_exchange_number(const struct nc_pass *pass, const struct nc_shared_out *of, int index)
{
    return pass->exchange->order[of - pass->run->model->shared_out][index];
}

float *nc_exchange_part(const struct nc_pass *pass, const struct nc_shared_out *of, int index)
{
    const struct nc_exchange *e = pass->exchange;
    return e->told + e->begin[of - pass->run->model->shared_out] + index * floats_of_part(of);
}

void nc_exchange_tell(struct nc_pass *pass, const struct nc_shared_out *of)
{
    struct nc_exchange *e = pass->exchange;
    for (int rank = 0; rank <= pass->run->ranks; rank++)
        e->at[rank] = nc_ranks_first(pass->run, of->parts, rank) * floats_of_part(of) * (long long)sizeof *e->told;
    e->tells[of - pass->run->model->shared_out] = pass->run->engine->gather(nc_exchange_part(pass, of, 0), e->at);
    e->under_way++;
    nc_lap(NC_LAP_WAIT);
}

struct learning {
    struct nc_pass *pass;
    const struct nc_shared_out *of;
};

static void learn_task(void *context, int index, int thread)
{
    const struct learning *l = context;
    (void)thread;
    nc_learn_told(l->pass->run, l->pass->whole, l->of, nc_exchange_number(l->pass, l->of, index),
                  nc_exchange_part(l->pass, l->of, index));
}

void nc_exchange_learn(struct nc_pass *pass)
{
    const struct nc_model *m = pass->run->model;
    for (int i = 0; i < m->shared_out_count; i++) {
        struct learning learning = {pass, &m->shared_out[i]};
        finish(pass, &pass->exchange->tells[i]);
        nc_lap(NC_LAP_WAIT);
        nc_pool_run(pass->run->pool, learning.of->parts, learn_task, &learning);
    }
}
