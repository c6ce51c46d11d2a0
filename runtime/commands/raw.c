/* raw.c: `data --raw NAME` writes the samples as the model sees them, for programs that know no data sets, as those of
 * netc emit --target plain. NAME.train.raw and NAME.test.raw begin with eight words:
 *
 *     8 bytes   "netc raw"
 *     int       samples
 *     int, int  what a sample's numbers are (0: floats, 1: bytes, 2: ints), and how many a sample has
 *     int, int  the same of a target: floats, or an int, the class
 *     int       channels of a sample; 0 unless it is bytes
 *
 * Then, of bytes, [channels][256] floats: what each byte means; then all samples, then all targets, in the order of the
 * data set. Numbers are as the machine has them, ints and floats of four bytes.
 *
 * Where training begins with the parameters of a file, whatever its form and its names, all that it begins with goes to
 * NAME.safetensors. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core.h"
#include "system/draft.h"

enum { FLOATS, BYTES, INTS };

struct header {
    char name[8];
    int count;
    int kind, numbers;
    int target_kind, targets;
    int channels;
};

struct writer {
    struct nc_run *run;
    struct nc_draft draft;
    const char *path;
};

static void put(struct writer *w, const void *bytes, size_t size)
{
    if (fwrite(bytes, 1, size, w->draft.file) == size)
        return;
    int error = errno;
    nc_draft_drop(&w->draft);
    nc_fail(w->run, NULL, "%s can't be written: %s", w->path, strerror(error));
}

static struct header header_of(const struct nc_data *data)
{
    struct header h = {.count = (int)data->count, .numbers = 1, .targets = 1, .target_kind = INTS};
    memcpy(h.name, "netc raw", sizeof h.name);
    h.kind = data->element == NC_BYTE ? BYTES : data->element == NC_INT ? INTS : FLOATS;
    for (int i = 0; i < data->rank; i++)
        h.numbers *= (int)data->shape[i];
    if (data->element == NC_BYTE)
        h.channels = (int)data->shape[0];
    if (data->labels != NULL)
        h.targets = nc_places(data->run->model);
    if (data->labels == NULL) {
        h.target_kind = FLOATS;
        h.targets = data->target_floats;
    }
    return h;
}

/* All samples in the data set's own order, whatever the loader does with them. */
static void put_samples(struct writer *w, struct nc_loader *loader, int unit, size_t size)
{
    struct nc_data *data = loader->data;
    for (long long i = 0; i < data->count; i++)
        loader->order[i] = (int)i;
    loader->batches = (data->count + loader->batch_size - 1) / loader->batch_size;
    nc_feed_begin(loader->feed, 0);
    for (long long place = 0; place < data->count;) {
        int count = nc_loader_unit(loader, unit, place);
        const struct nc_fed *fed = loader->feed != NULL ? nc_feed_take(loader->feed) : NULL;
        for (int i = 0; i < count; i++)
            put(w, fed != NULL ? fed->input[i] : nc_data_sample(data, place + i), size);
        place += count;
    }
}

static void write_raw(struct nc_run *run, struct nc_loader *loader, int unit, const char *name, const char *part)
{
    char path[NC_PATH];
    const struct nc_data *data = loader->data;
    if (data->preparation != NULL && data->preparation->random)
        nc_fail(run, "leave its transforms by chance out", "%s has no samples to write: they are others in each epoch",
                data->name);
    if (snprintf(path, sizeof path, "%s.%s.raw", name, part) >= (int)sizeof path)
        nc_fail(run, NULL, "the name '%s' is too long", name);
    struct writer w = {.run = run, .path = path};
    struct header h = header_of(data);
    int error = nc_draft_open(&w.draft, path, 0);
    if (error != 0)
        nc_fail(run, NULL, "%s can't be written: %s", path, strerror(error));
    put(&w, &h, sizeof h);
    if (h.kind == BYTES)
        put(&w, data->pixel, (size_t)h.channels * sizeof data->pixel[0]);
    put_samples(&w, loader, unit, (size_t)h.numbers * (h.kind == BYTES ? 1 : 4));
    if (data->labels != NULL)
        put(&w, data->labels, (size_t)h.count * (size_t)h.targets * sizeof *data->labels);
    else
        put(&w, data->targets, (size_t)h.count * (size_t)h.targets * sizeof *data->targets);
    error = nc_draft_finish(&w.draft, 0);
    if (error != 0)
        nc_fail(run, NULL, "%s can't be written: %s", path, strerror(error));
    nc_print("%s: %lld samples\n", path, data->count);
}

static int begins_with_file(const struct nc_run *run)
{
    return run->bases != NULL || (run->load_name.value != NULL && run->load_name.value[0] != '\0');
}

static void write_parameters(struct nc_run *run, const char *name)
{
    char path[NC_PATH];
    if (snprintf(path, sizeof path, "%s.safetensors", name) >= (int)sizeof path)
        nc_fail(run, NULL, "the name '%s' is too long", name);
    run->store->save(run, path, NULL, 0);
    nc_print("%s: the parameters that training begins with\n", path);
}

void nc_write_raw(struct nc_run *run, const char *name)
{
    if (begins_with_file(run))
        write_parameters(run, name);
    write_raw(run, &run->train, run->train.batch_size, name, "train");
    if (run->test.data != NULL)
        write_raw(run, &run->test, nc_evaluation_unit(run), name, "test");
}
