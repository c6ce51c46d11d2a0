/* state.c: the record that a checkpoint keeps beside the parameters, so that a resumed run gives the same bits as one
 * that was never stopped: counters, the generator, the order of the epoch under way, the optimizer's state. Integers
 * and floats are little-endian; an optimizer's blocks are kept parameter by parameter in torch's order, since a block's
 * layout is the compiler's choice. */
#include <string.h>

#include "core.h"

static const char magic[8] = "netc rs";

enum { VERSION = 1, COUNTERS = 9 };

static long long elements(const struct nc_model *m)
{
    long long count = 0;
    for (int i = 0; i < m->parameter_count; i++)
        count += m->parameters[i].kind == NC_LEARNED ? nc_parameter_elements(&m->parameters[i]) : 0;
    return count;
}

static long long header_bytes(void)
{
    return (long long)sizeof magic + 4 + 4 + 8 * COUNTERS + 4 * (624 + 1);
}

long long nc_state_bytes(const struct nc_run *run)
{
    return header_bytes() + (run->sgd.buffer != NULL ? 4 * elements(run->model) : 0);
}

static void put(unsigned char **to, unsigned long long value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        *(*to)++ = (unsigned char)(value >> 8 * i);
}

static unsigned long long get(const unsigned char **from, int bytes)
{
    unsigned long long value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (unsigned long long)*(*from)++ << 8 * i;
    return value;
}

static void put_block(unsigned char **to, const struct nc_model *m, const float *block)
{
    for (int i = 0; i < m->parameter_count; i++) {
        const struct nc_parameter *p = &m->parameters[i];
        struct nc_walk walk;
        long long count = p->kind == NC_LEARNED ? nc_parameter_elements(p) : 0;
        nc_walk_start(&walk, p->axes, p->axis_count);
        for (long long j = 0; j < count; j++, nc_walk_next(&walk)) {
            unsigned bits;
            memcpy(&bits, &block[p->offset + walk.offset], sizeof bits);
            put(to, bits, 4);
        }
    }
}

static void get_block(const unsigned char **from, const struct nc_model *m, float *block)
{
    for (int i = 0; i < m->parameter_count; i++) {
        const struct nc_parameter *p = &m->parameters[i];
        struct nc_walk walk;
        long long count = p->kind == NC_LEARNED ? nc_parameter_elements(p) : 0;
        nc_walk_start(&walk, p->axes, p->axis_count);
        for (long long j = 0; j < count; j++, nc_walk_next(&walk)) {
            unsigned bits = (unsigned)get(from, 4);
            memcpy(&block[p->offset + walk.offset], &bits, sizeof bits);
        }
    }
}

void nc_state_pack(const struct nc_run *run, const struct nc_progress_state *at, unsigned char *record)
{
    unsigned long long loss;
    memcpy(&loss, &at->loss, sizeof loss);
    memcpy(record, magic, sizeof magic);
    record += sizeof magic;
    put(&record, VERSION, 4);
    put(&record, run->sgd.buffer != NULL && run->sgd.begun, 4);
    put(&record, (unsigned long long)run->epoch, 8);
    put(&record, (unsigned long long)run->steps, 8);
    put(&record, (unsigned long long)run->epoch_step, 8);
    put(&record, (unsigned long long)run->train.data->count, 8);
    put(&record, at->begun != 0, 8);
    put(&record, at->order_seed, 8);
    put(&record, (unsigned long long)at->correct, 8);
    put(&record, (unsigned long long)at->seen, 8);
    put(&record, loss, 8);
    for (int i = 0; i < 624; i++)
        put(&record, run->random.state[i], 4);
    put(&record, (unsigned long long)run->random.next, 4);
    if (run->sgd.buffer != NULL)
        put_block(&record, run->model, run->sgd.buffer);
}

void nc_state_unpack(struct nc_run *run, struct nc_progress_state *at, const unsigned char *record, long long bytes,
                     const char *path)
{
    static const char *hint = "start from its parameters alone with --load";
    if (bytes < header_bytes() || memcmp(record, magic, sizeof magic) != 0)
        nc_fail(run, hint, "%s: the training state in this file is damaged", path);
    record += sizeof magic;
    if (get(&record, 4) != VERSION)
        nc_fail(run, hint, "%s: the training state in this file was written by another version of netc", path);
    int begun = get(&record, 4) == 1;
    run->epoch = (long long)get(&record, 8);
    run->steps = (long long)get(&record, 8);
    run->epoch_step = (long long)get(&record, 8);
    long long samples = (long long)get(&record, 8);
    at->begun = get(&record, 8) != 0;
    at->order_seed = get(&record, 8);
    at->correct = (long long)get(&record, 8);
    at->seen = (long long)get(&record, 8);
    unsigned long long loss = get(&record, 8);
    memcpy(&at->loss, &loss, sizeof loss);
    for (int i = 0; i < 624; i++)
        run->random.state[i] = (unsigned)get(&record, 4);
    unsigned next = (unsigned)get(&record, 4);
    run->random.next = (int)next;
    if (run->epoch < 0 || run->steps < 0 || run->epoch_step < 0 || next > 624)
        nc_fail(run, hint, "%s: the training state in this file is damaged", path);
    if (samples != run->train.data->count)
        nc_fail(run, hint, "%s was saved by a run over %lld training samples, but %s has %lld", path, samples,
                run->train.data->name, run->train.data->count);
    if ((run->sgd.buffer != NULL) != (bytes > header_bytes()))
        nc_fail(run, hint, "%s was saved by a run %s momentum, and this one is %s it", path,
                run->sgd.buffer != NULL ? "without" : "with", run->sgd.buffer != NULL ? "with" : "without");
    if (bytes != nc_state_bytes(run))
        nc_fail(run, hint, "%s: the optimizer's state in this file is not this model's", path);
    run->sgd.begun = begun;
    if (run->sgd.buffer != NULL)
        get_block(&record, run->model, run->sgd.buffer);
}
