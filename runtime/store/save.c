/* Checkpoints as torch.save(model.state_dict(), path) writes them: a zip file, nothing compressed, of a pickle that
 * describes the tensors and of one record for each tensor's elements, at a multiple of 64 bytes so that they can be
 * mapped. Names, order and layout of the records are torch's (torch/serialization.py, caffe2 inline_container.cc). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "system/draft.h"
#include "checkpoint.h"
#include "pickle_write.h"
#include "tensors.h"
#include "zip.h"

enum {
    NAME_ROOM = 64,
};

/* A file being written. */
struct writer {
    struct nc_run *run;
    const char *path;
    struct nc_draft draft;
    struct nc_zip_writer zip;
};

/* ---- Errors ---------------------------------------------------------------------------------------------------- */

_Noreturn static void fail(struct writer *w, const char *what)
{
    nc_draft_drop(&w->draft);
    nc_fail(w->run, "see that its folder exists, can be written and has room", "cannot save %s: %s", w->path, what);
}

/* ---- The pickle ------------------------------------------------------------------------------------------------ */

/* An OrderedDict of all parameters, in torch's order. */
static void put_state_dict(FILE *to, const struct nc_model *model)
{
    fputs("\x80\x02" "ccollections\nOrderedDict\n)R(", to); /* PROTO 2 */
    for (int i = 0; i < model->parameter_count; i++) {
        nc_pickle_put_text(to, model->parameters[i].name);
        nc_pickle_put_tensor(to, &model->parameters[i], i);
    }
    fputs("u.", to); /* SETITEMS, STOP */
}

/* What is saved, but for the elements; free() it. */
static char *make_pickle(struct writer *w, size_t *size)
{
    char *bytes = NULL;
    FILE *to = nc_memory_stream(w->run, &bytes, size, "a checkpoint");
    if (w->run->module_count > 0)
        nc_pickle_put_modules(to, w->run);
    else
        put_state_dict(to, w->run->model);
    fclose(to);
    return bytes;
}

/* ---- The zip file ---------------------------------------------------------------------------------------------- */

static void add_record(struct writer *w, const char *name, const void *bytes, size_t size)
{
    char path[NAME_ROOM];
    snprintf(path, sizeof path, "archive/%s", name);
    if (nc_zip_add(&w->zip, path, bytes, size) != 0)
        fail(w, strerror(errno));
}

/* The bytes of a parameter's record. */
long long nc_record_bytes(const struct nc_parameter *p)
{
    return p->kind == NC_COUNT ? (long long)sizeof(long long) : nc_parameter_elements(p) * (long long)sizeof(float);
}

void nc_record_gather(const struct nc_run *run, const struct nc_parameter *p, void *dense)
{
    if (p->kind == NC_COUNT)
        *(long long *)dense = nc_count_get(p, run->weights);
    else
        nc_parameter_gather(p, run->weights, dense);
}

/* Each tensor is gathered into `dense`, which has room for the largest one. */
static void add_tensors(struct writer *w, void *dense)
{
    const struct nc_model *model = w->run->model;
    for (int i = 0; i < model->parameter_count; i++) {
        const struct nc_parameter *p = &model->parameters[i];
        char name[32];
        snprintf(name, sizeof name, "data/%d", i);
        nc_record_gather(w->run, p, dense);
        add_record(w, name, dense, (size_t)nc_record_bytes(p));
    }
}

/* ---- netc's records ---------------------------------------------------------------------------------------------- */

enum { MOST_RECORDS = 6 };

/* The names of the classes that the model was trained on, for whoever uses it; free() it. */
static char *pack_classes(struct nc_run *run, size_t *size)
{
    const struct nc_classes *classes = &run->classes;
    char *names = NULL;
    if (!classes->names)
        return NULL;
    FILE *to = nc_memory_stream(run, &names, size, "a checkpoint");
    for (int i = 0; i < classes->count; i++)
        fwrite(classes->names[i], 1, strlen(classes->names[i]) + 1, to);
    fclose(to);
    return names;
}

/* What stands beside the parameters. Returns how many there are; from *own on they are to be freed. That of the run
 * comes first in a safetensors file, which leaves out the state: so it is found at once. */
static int list_records(struct nc_run *run, const void *state, long long bytes, struct nc_record *records, int *own)
{
    static unsigned char which[NC_IDENTITY_BYTES];
    int count = 0;
    size_t size = 0;
    if (state)
        records[count++] = (struct nc_record){NC_STATE_RECORD, state, (size_t)bytes};
    nc_identity_pack(run, which);
    if (run->identity.number > 0)
        records[count++] = (struct nc_record){NC_IDENTITY_RECORD, which, sizeof which};
    if (run->fit)
        records[count++] = (struct nc_record){NC_FIT_RECORD, run->fit, (size_t)run->fit_bytes};
    if (state && run->log_table)
        records[count++] = (struct nc_record){NC_LOG_RECORD, run->log_table, strlen(run->log_table) + 1};
    *own = count;
    const char *classes = pack_classes(run, &size);
    if (classes)
        records[count++] = (struct nc_record){NC_CLASSES_RECORD, classes, size};
    const char *targets = run->targets ? nc_pack_targets(run, &size) : NULL;
    if (targets)
        records[count++] = (struct nc_record){NC_TARGETS_RECORD, targets, size};
    return count;
}

static long long largest_record(const struct nc_model *model)
{
    long long most = 1;
    for (int i = 0; i < model->parameter_count; i++) {
        long long bytes = nc_record_bytes(&model->parameters[i]);
        most = bytes > most ? bytes : most;
    }
    return most;
}

/* torch.save's zip file. */
static void write_zip(struct writer *w, const struct nc_record *records, int count, void *dense)
{
    size_t size;
    char *pickle = make_pickle(w, &size);
    nc_zip_begin(&w->zip, w->draft.file);
    add_record(w, "data.pkl", pickle, size);
    add_record(w, "byteorder", "little", 6);
    add_tensors(w, dense);
    add_record(w, "version", "3\n", 2);
    for (int i = 0; i < count; i++)
        add_record(w, records[i].name, records[i].bytes, records[i].size);
    if (nc_zip_end(&w->zip) != 0)
        fail(w, strerror(errno));
    free(pickle);
}

void nc_checkpoint_save(struct nc_run *run, const char *path, const void *state, long long bytes)
{
    struct writer w = {.run = run, .path = path};
    struct nc_record records[MOST_RECORDS];
    int own, count = list_records(run, state, bytes, records, &own);
    void *dense = nc_memory(run, 1, largest_record(run->model), "a checkpoint");
    int error = nc_draft_open(&w.draft, path, 0);
    if (error)
        fail(&w, strerror(error));
    if (!nc_is_safetensors(path))
        write_zip(&w, records, count, dense);
    else if (nc_safetensors_write(run, w.draft.file, records, count, dense) != 0)
        fail(&w, strerror(errno));
    error = nc_draft_finish(&w.draft, 1);
    if (error)
        fail(&w, strerror(error));
    for (int i = own; i < count; i++)
        free((void *)records[i].bytes);
    free(dense);
}

/* Tries to write where save will, so that a wrong path is found before the first step and not after an epoch. */
void nc_checkpoint_check(struct nc_run *run, const char *path)
{
    struct writer w = {.run = run, .path = path};
    char folder[NC_PATH], text[NC_PATH + 64];
    int error = nc_draft_check(path);
    if (!error)
        return;
    nc_folder_of(path, folder);
    if (error == ENOENT)
        snprintf(text, sizeof text, "there is no folder %s", folder);
    else if (access(path, F_OK) == 0)
        snprintf(text, sizeof text, "%s", strerror(error));
    else
        snprintf(text, sizeof text, "the folder %s cannot be written (%s)", folder, strerror(error));
    fail(&w, text);
}
