/* Parameters out of a .pth file, as load_state_dict takes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "checkpoint.h"

/* Text that grows. */
struct report {
    char *text;
    size_t length;
    FILE *stream;
};

static void print_shape(FILE *to, int rank, const long long *shape)
{
    fprintf(to, "torch.Size([");
    for (int i = 0; i < rank; i++)
        fprintf(to, "%s%lld", i ? ", " : "", shape[i]);
    fprintf(to, "])");
}

static bool is_text(const struct nc_pickle_value *value)
{
    return value->kind == NC_PICKLE_STRING || value->kind == NC_PICKLE_BYTES;
}

static bool is_in_model(const struct nc_model *model, const struct nc_pickle_value *key)
{
    for (int i = 0; i < model->parameter_count; i++) {
        if (nc_pickle_is_text(key, model->parameters[i].name))
            return true;
    }
    return false;
}

/* `"a", "b". ` after the first of them has been announced by `title`, as torch writes it. */
static void print_name(FILE *to, const char *title, int number, const char *name, int length)
{
    if (number == 0)
        fprintf(to, "\n\t%s key(s) in state_dict: ", title);
    fprintf(to, "%s\"", number ? ", " : "");
    nc_print_to(to, "%.*s\"", length, name);
}

/* Returns how many there are. */
static int print_missing(FILE *to, const struct nc_model *model, const struct nc_pickle_value *dict)
{
    int number = 0;
    for (int i = 0; i < model->parameter_count; i++) {
        const char *name = model->parameters[i].name;
        if (!nc_pickle_get(dict, name))
            print_name(to, "Missing", number++, name, (int)strlen(name));
    }
    if (number)
        fprintf(to, ". ");
    return number;
}

static void print_unexpected(FILE *to, const struct nc_model *model, const struct nc_pickle_value *dict)
{
    enum { MOST = 100, MOST_LENGTH = 200 };
    int number = 0;
    for (size_t i = 0; i + 1 < dict->items.count && number <= MOST; i += 2) {
        const struct nc_pickle_value *key = dict->items.data[i];
        if (is_text(key) && is_in_model(model, key))
            continue;
        if (number == MOST)
            print_name(to, "Unexpected", number++, "...", 3);
        else if (is_text(key))
            print_name(to, "Unexpected", number++, (const char *)key->bytes.data,
                       key->bytes.size < MOST_LENGTH ? (int)key->bytes.size : MOST_LENGTH);
        else
            print_name(to, "Unexpected", number++, "(no text)", 9);
    }
    if (number)
        fprintf(to, ". ");
}

static bool same_shape(const struct nc_parameter *p, const struct nc_tensor *t)
{
    return p->rank == t->rank && memcmp(p->shape, t->shape, (size_t)p->rank * sizeof *p->shape) == 0;
}

/* Reads what the file has under the model's names; what cannot be taken is reported in torch's words. */
static void match(const struct nc_model *model, const struct nc_pickle_value *dict, struct nc_tensor *tensors,
                  FILE *report)
{
    for (int i = 0; i < model->parameter_count; i++) {
        const struct nc_parameter *p = &model->parameters[i];
        const struct nc_pickle_value *value = nc_pickle_get(dict, p->name);
        const char *wrong = value ? nc_tensor_read(value, &tensors[i]) : NULL;
        if (wrong) {
            fprintf(report, "\n\t%s cannot be read: %s.", p->name, wrong);
        } else if (value && !same_shape(p, &tensors[i])) {
            fprintf(report, "\n\tsize mismatch for %s: copying a param with shape ", p->name);
            print_shape(report, tensors[i].rank, tensors[i].shape);
            fprintf(report, " from checkpoint, the shape in current model is ");
            print_shape(report, p->rank, p->shape);
            fputc('.', report);
        }
    }
}

/* What is told of the names, where they need not be the model's; none of them would be a mistake all the same. */
static void tell_names(struct nc_run *run, const struct nc_model *model, const char *path,
                       const struct nc_pickle_value *dict, FILE *names, struct report *report)
{
    int missing = print_missing(names, model, dict);
    print_unexpected(names, model, dict);
    fflush(names);
    if (missing == model->parameter_count)
        nc_fail_list(run, report->text, "cannot load %s: it has none of the parameters of %s:", path, model->name);
    if (report->length > 0) {
        nc_note(run, "loaded %s:", path);
        nc_note_list(run, report->text);
    }
}

/* Reports what does not fit, all of it at once; ends the program then. */
static void check_all(struct nc_run *run, const struct nc_model *model, const char *path,
                      const struct nc_pickle_value *dict, struct nc_tensor *tensors, int strict)
{
    struct report report = {0}, names = {0};
    report.stream = nc_memory_stream(run, &report.text, &report.length, "a checkpoint");
    names.stream = nc_memory_stream(run, &names.text, &names.length, "a checkpoint");
    if (strict) {
        print_missing(report.stream, model, dict);
        print_unexpected(report.stream, model, dict);
    }
    match(model, dict, tensors, report.stream);
    fflush(report.stream);
    if (report.length > 0 && model != run->model)
        fprintf(report.stream, "\n\tweights= fills the model as it is before its change: give it the arguments that it "
                               "had when the file was saved, such as num_classes, and change its layers in braces");
    fclose(report.stream);
    if (report.length > 0)
        nc_fail_list(run, report.text, "cannot load %s: Error(s) in loading state_dict for %s:", path, model->name);
    if (!strict)
        tell_names(run, model, path, dict, names.stream, &names);
    fclose(names.stream);
    free(names.text);
    free(report.text);
}

/* All names and shapes are checked before the first parameter is touched. */
void nc_checkpoint_load(struct nc_run *run, const struct nc_model *model, const char *path, int strict)
{
    struct nc_archive *archive = nc_archive_open(run, path);
    const char *why;
    const struct nc_pickle_value *dict = nc_state_dict_find(nc_archive_root(archive), &why);
    if (!dict)
        nc_fail(run, "save the parameters: torch.save(model.state_dict(), path)", "cannot load %s: %s", path, why);

    struct nc_tensor *tensors = nc_memory(run, model->parameter_count + 1, sizeof *tensors, "a checkpoint");
    check_all(run, model, path, dict, tensors, strict);

    long long most = 1;
    for (int i = 0; i < model->parameter_count; i++) {
        long long elements = nc_parameter_elements(&model->parameters[i]);
        most = elements > most ? elements : most;
    }
    float *dense = nc_memory(run, most, sizeof *dense, "a checkpoint");
    for (int i = 0; i < model->parameter_count; i++) {
        const struct nc_parameter *p = &model->parameters[i];
        if (p->floats == 0 || !nc_pickle_get(dict, p->name))
            continue; /* not in the model, or not in the file */
        if (p->kind == NC_COUNT) {
            const unsigned char *storage = nc_archive_storage(archive, &tensors[i].storage);
            nc_count_set(p, run->weights, nc_tensor_to_integer(&tensors[i], storage));
            continue;
        }
        const unsigned char *storage = nc_archive_storage(archive, &tensors[i].storage);
        nc_parameter_scatter(p, nc_tensor_floats(&tensors[i], storage, dense), run->weights);
    }
    free(dense);
    free(tensors);
    nc_archive_close(archive);
}

void *nc_checkpoint_load_record(struct nc_run *run, const char *path, const char *name, long long *bytes)
{
    struct nc_archive *archive = nc_archive_open(run, path);
    void *record = nc_archive_record(archive, name, bytes);
    nc_archive_close(archive);
    return record;
}
