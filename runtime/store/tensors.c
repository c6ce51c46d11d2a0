#include "checkpoint.h"
#include "tensors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_TENSORS = 1 << 20 };

struct nc_named *nc_tensors_add(struct nc_tensors *w, const char *prefix, const void *name, size_t length)
{
    size_t before = strlen(prefix);
    if (w->count == MOST_TENSORS)
        nc_fail(w->run, NULL, "cannot load %s: it has more than %d tensors", w->path, MOST_TENSORS);
    if (w->count == w->capacity) {
        w->capacity = w->capacity > 0 ? 2 * w->capacity : 64;
        w->at = nc_memory_grow(w->run, w->at, w->capacity, sizeof *w->at, "a checkpoint");
    }
    struct nc_named *named = &w->at[w->count];
    *named = (struct nc_named){.name = nc_memory(w->run, (long long)(before + length) + 1, 1, "a name")};
    memcpy(named->name, prefix, before);
    memcpy(named->name + before, name, length);
    w->count++;
    return named;
}

static bool is_text(const struct nc_pickle_value *value)
{
    return value->kind == NC_PICKLE_STRING || value->kind == NC_PICKLE_BYTES;
}

void nc_tensors_read(struct nc_tensors *w, struct nc_named *named, const struct nc_pickle_value *value)
{
    char text[800];
    named->wrong = nc_tensor_read(value, &named->tensor);
    const char *called = named->wrong != NULL ? nc_called_name(value) : NULL;
    if (called == NULL || strncmp(called, "torch.", 6) == 0)
        return;
    snprintf(text, sizeof text, "it is what %s would make, and netc calls nothing that a file names", called);
    named->wrong = named->calls = nc_memory_text(w->run, text, strlen(text), "a checkpoint");
}

static void list_dict(struct nc_tensors *w, const struct nc_pickle_value *dict)
{
    for (size_t i = 0; i + 1 < dict->items.count; i += 2) {
        const struct nc_pickle_value *key = dict->items.data[i];
        struct nc_named *named = is_text(key) ? nc_tensors_add(w, "", key->bytes.data, key->bytes.size)
                                              : nc_tensors_add(w, "", "(no text)", 9);
        nc_tensors_read(w, named, dict->items.data[i + 1]);
    }
}

/* Where people put a state_dict, or the model itself, beside other things. */
static const char *const places[] = {"state_dict", "model_state_dict", "model", "net", NULL};

static void list_pickle(struct nc_tensors *w, const struct nc_pickle_value *root)
{
    char text[1200];
    if (nc_is_module(root)) {
        snprintf(text, sizeof text, "a whole model, %.1000s", nc_module_class(root));
        nc_modules_list(w, root);
    } else if (nc_pickle_is_dict(root)) {
        const struct nc_pickle_value *inner = NULL;
        int place = 0;
        for (; places[place] != NULL; place++) {
            inner = nc_pickle_get(root, places[place]);
            if (nc_pickle_is_dict(inner) || nc_is_module(inner))
                break;
        }
        if (places[place] == NULL) {
            list_dict(w, root);
            return;
        }
        if (nc_is_module(inner)) {
            snprintf(text, sizeof text, "a whole model, %.1000s, under \"%s\"", nc_module_class(inner), places[place]);
            nc_modules_list(w, inner);
        } else {
            snprintf(text, sizeof text, "the parameters under \"%s\"", places[place]);
            list_dict(w, inner);
        }
    } else {
        const char *called = nc_called_name(root);
        nc_fail(w->run, "save the parameters: torch.save(model.state_dict(), path)",
                "cannot load %s: it holds neither a dict of parameters nor a model%s%s%s", w->path,
                called != NULL ? ", but what " : "", called != NULL ? called : "",
                called != NULL ? " would make: netc calls nothing that a file names" : "");
    }
    w->place = nc_memory_text(w->run, text, strlen(text), "a checkpoint");
}

/* Maps the file if it is safetensors. */
static bool map_safetensors(struct nc_tensors *w)
{
    struct stat status;
    unsigned char head[16];
    int file = open(w->path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        nc_fail(w->run, NULL, "cannot load %s: %s", w->path, strerror(errno));
    bool is = fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0
              && pread(file, head, sizeof head, 0) > 0
              && (nc_is_safetensors(w->path)
                  || nc_safetensors_begins(head, (size_t)(status.st_size < 16 ? status.st_size : 16)));
    if (is) {
        w->map_size = (size_t)status.st_size;
        w->map = mmap(NULL, w->map_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (w->map == MAP_FAILED)
            nc_fail(w->run, NULL, "cannot load %s: %s", w->path, strerror(errno));
    }
    close(file);
    return is;
}

static struct nc_tensors *open_file(struct nc_run *run, const char *path)
{
    struct nc_tensors *w = nc_memory(run, 1, sizeof *w, "a checkpoint");
    w->run = run;
    w->path = path;
    if (!map_safetensors(w))
        w->archive = nc_archive_open(run, path);
    return w;
}

struct nc_tensors *nc_tensors_open(struct nc_run *run, const char *path)
{
    struct nc_tensors *w = open_file(run, path);
    if (w->archive != NULL)
        list_pickle(w, nc_archive_root(w->archive));
    else
        nc_safetensors_list(w);
    return w;
}

void nc_tensors_close(struct nc_tensors *w)
{
    if (w->archive != NULL)
        nc_archive_close(w->archive);
    if (w->map != NULL)
        munmap(w->map, w->map_size);
    for (int i = 0; i < w->count; i++)
        free(w->at[i].name), free(w->at[i].calls);
    free((char *)w->place);
    free(w->at);
    free(w);
}

const unsigned char *nc_tensors_storage(struct nc_tensors *w, int i)
{
    const struct nc_named *named = &w->at[i];
    return named->bytes != NULL ? named->bytes : nc_archive_storage(w->archive, &named->tensor.storage);
}

void nc_tensors_forget(struct nc_tensors *w, const unsigned char *bytes, size_t size)
{
    if (w->archive != NULL)
        nc_archive_forget(w->archive, bytes, size);
    else
        nc_forget_pages(bytes, size);
}

void *nc_checkpoint_load_record(struct nc_run *run, const char *path, const char *name, long long *bytes)
{
    struct nc_tensors *w = open_file(run, path);
    void *record = w->archive != NULL ? nc_archive_record(w->archive, name, bytes)
                                      : nc_safetensors_record(w, name, bytes);
    nc_tensors_close(w);
    return record;
}
