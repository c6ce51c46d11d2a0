/* Parameters out of a file, as load_state_dict takes them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"
#include "tensors.h"

/* Text that grows. */
struct report {
    char *text;
    size_t length;
    FILE *stream;
};

/* The file's tensors beside the model's parameters. */
struct matching {
    struct nc_run *run;
    const struct nc_model *model;
    struct nc_tensors *file;
    const char *prefix;               /* what is taken off the file's names */
    const char *const (*renames)[2];  /* [rename_count] and then a child's name there, and in the model */
    int rename_count;
    char **names; /* [file->count] what the model calls each */
    int *from;    /* [parameter_count] the tensor for each parameter, or -1 */
    char *used;   /* [file->count] whether a parameter takes it */
};

static void open_report(const struct matching *m, struct report *report)
{
    *report = (struct report){0};
    report->stream = nc_memory_stream(m->run, &report->text, &report->length, "a checkpoint");
}

/* ---- Names ------------------------------------------------------------------------------------------------------- */

/* What stands in `name` behind `child` and a dot ("" behind the child itself); NULL: it is not below that child. */
static const char *below(const char *name, const char *child)
{
    size_t length = strlen(child);
    if (length == 0)
        return name;
    if (strncmp(name, child, length) != 0 || (name[length] != '.' && name[length] != '\0'))
        return NULL;
    return name[length] == '.' ? name + length + 1 : name + length;
}

/* What the .net file says of the names belongs to the file that it loads, what the command line says to any; and the
 * names in a file that the run itself has saved are the model's. */
static void choose_names(struct matching *m, int how)
{
    const struct nc_run *run = m->run;
    m->prefix = "";
    if (how == NC_LOAD_OWN)
        return;
    if (run->load_prefix.value != NULL && run->load_prefix.given >= run->load_name.given)
        m->prefix = run->load_prefix.value;
    m->renames = run->renames;
    m->rename_count = run->load_name.given == 1 ? run->rename_count : 0;
}

/* The model's name of a tensor. */
static char *model_name(const struct matching *m, const char *name)
{
    if (strncmp(name, m->prefix, strlen(m->prefix)) == 0)
        name += strlen(m->prefix);
    const char *child = "", *rest = name;
    for (int i = 0; i < m->rename_count; i++) {
        const char *found = below(name, m->renames[i][0]);
        if (found == NULL)
            continue;
        child = m->renames[i][1];
        rest = found;
        break;
    }
    size_t capacity = strlen(child) + strlen(rest) + 2;
    char *whole = nc_memory(m->run, 1, (long long)capacity, "a name");
    snprintf(whole, capacity, "%s%s%s", child, child[0] != '\0' && rest[0] != '\0' ? "." : "", rest);
    return whole;
}

static int find_tensor(const struct matching *m, const char *name)
{
    for (int i = m->file->count - 1; i >= 0; i--) /* of several the last one, as in a dict */
        if (strcmp(m->names[i], name) == 0)
            return i;
    return -1;
}

/* What may be missing: torch counts the batches of a norm since 0.4.1, and takes files without such counts. */
static bool is_missing(const struct matching *m, int parameter)
{
    return m->from[parameter] < 0 && m->model->parameters[parameter].kind != NC_COUNT;
}

static void match_names(struct matching *m)
{
    const struct nc_model *model = m->model;
    m->names = nc_memory(m->run, m->file->count + 1, sizeof *m->names, "a checkpoint");
    m->from = nc_memory(m->run, model->parameter_count + 1, sizeof *m->from, "a checkpoint");
    m->used = nc_memory(m->run, m->file->count + 1, 1, "a checkpoint");
    for (int i = 0; i < m->file->count; i++)
        m->names[i] = model_name(m, m->file->at[i].name);
    for (int i = 0; i < model->parameter_count; i++) {
        m->from[i] = find_tensor(m, model->parameters[i].name);
        if (m->from[i] >= 0)
            m->used[m->from[i]] = 1;
    }
}

/* ---- Reports, in torch's words ----------------------------------------------------------------------------------- */

static void print_shape(FILE *to, int rank, const long long *shape)
{
    fprintf(to, "torch.Size([");
    for (int i = 0; i < rank; i++)
        fprintf(to, "%s%lld", i ? ", " : "", shape[i]);
    fprintf(to, "])");
}

/* `"a", "b". ` after the first of them has been announced by `title`. */
static void print_name(FILE *to, const char *title, int number, const char *name)
{
    enum { MOST_LENGTH = 200 };
    if (number == 0)
        fprintf(to, "\n\t%s key(s) in state_dict: ", title);
    fprintf(to, "%s\"", number ? ", " : "");
    nc_print_to(to, "%.*s\"", MOST_LENGTH, name);
}

/* Returns how many there are. */
static int print_missing(const struct matching *m, FILE *to)
{
    const struct nc_model *model = m->model;
    int number = 0;
    for (int i = 0; i < model->parameter_count; i++)
        if (is_missing(m, i))
            print_name(to, "Missing", number++, model->parameters[i].name);
    if (number)
        fprintf(to, ". ");
    return number;
}

static void print_unexpected(const struct matching *m, FILE *to)
{
    enum { MOST = 100 };
    int number = 0;
    for (int i = 0; i < m->file->count && number <= MOST; i++)
        if (!m->used[i])
            print_name(to, "Unexpected", number, number == MOST ? "..." : m->file->at[i].name), number++;
    if (number)
        fprintf(to, ". ");
}

static bool same_shape(const struct nc_parameter *p, const struct nc_tensor *t)
{
    return p->rank == t->rank && memcmp(p->shape, t->shape, (size_t)p->rank * sizeof *p->shape) == 0;
}

/* What the file has under the model's names, but can't be taken. Returns how many shapes are others. */
static int print_unfit(const struct matching *m, FILE *to)
{
    const struct nc_model *model = m->model;
    int mismatches = 0;
    for (int i = 0; i < model->parameter_count; i++) {
        const struct nc_parameter *p = &model->parameters[i];
        const struct nc_named *named = m->from[i] >= 0 ? &m->file->at[m->from[i]] : NULL;
        if (named != NULL && named->wrong != NULL) {
            fprintf(to, "\n\t%s cannot be read: ", p->name);
            nc_print_to(to, "%s.", named->wrong);
        } else if (named != NULL && !same_shape(p, &named->tensor)) {
            mismatches++;
            fprintf(to, "\n\tsize mismatch for %s: copying a param with shape ", p->name);
            print_shape(to, named->tensor.rank, named->tensor.shape);
            fprintf(to, " from checkpoint, the shape in current model is ");
            print_shape(to, p->rank, p->shape);
            fputc('.', to);
        }
    }
    return mismatches;
}

/* ---- Advice ------------------------------------------------------------------------------------------------------ */

/* Whether the file has all that is missing under names that have `length` bytes of `prefix` in front. */
static bool all_begin_with(const struct matching *m, const char *prefix, size_t length)
{
    const struct nc_model *model = m->model;
    char name[1024];
    for (int i = 0; i < model->parameter_count; i++) {
        if (!is_missing(m, i))
            continue;
        snprintf(name, sizeof name, "%.*s%s", (int)length, prefix, model->parameters[i].name);
        if (find_tensor(m, name) < 0)
            return false;
    }
    return true;
}

/* The prefix that the file's names have and the model's lack, in `prefix`; false: there is none. */
static bool find_prefix(const struct matching *m, char prefix[256])
{
    const struct nc_model *model = m->model;
    int missing = 0;
    while (missing < model->parameter_count && !is_missing(m, missing))
        missing++;
    if (missing == model->parameter_count)
        return false;
    const char *wanted = model->parameters[missing].name;
    for (int i = 0; i < m->file->count; i++) {
        size_t whole = strlen(m->names[i]), length = whole - strlen(wanted);
        if (whole <= strlen(wanted) || length >= 256 || m->names[i][length - 1] != '.'
            || strcmp(m->names[i] + length, wanted) != 0 || !all_begin_with(m, m->names[i], length))
            continue;
        snprintf(prefix, 256, "%.*s", (int)length, m->names[i]);
        return true;
    }
    return false;
}

/* Whether the file has all that is missing, below a child with the first name where the model has the second one. */
static bool all_below(const struct matching *m, const char *theirs, const char *ours)
{
    char name[1024];
    for (int i = 0; i < m->model->parameter_count; i++) {
        const char *rest = below(m->model->parameters[i].name, ours);
        if (!is_missing(m, i))
            continue;
        snprintf(name, sizeof name, "%s.%s", theirs, rest != NULL ? rest : "");
        if (rest == NULL || find_tensor(m, name) < 0)
            return false;
    }
    return true;
}

/* The child whose name is another one in the file: {its name there, and in the model}; false: there is none. */
static bool find_renamed(const struct matching *m, char child[2][256])
{
    int missing = 0, tensor = 0;
    while (missing < m->model->parameter_count && !is_missing(m, missing))
        missing++;
    while (tensor < m->file->count && m->used[tensor])
        tensor++;
    if (missing == m->model->parameter_count || tensor == m->file->count || m->rename_count > 0)
        return false;
    const char *ours = m->model->parameters[missing].name, *theirs = m->names[tensor];
    for (const char *rest = strchr(ours, '.'); rest != NULL; rest = strchr(rest + 1, '.')) {
        if (!nc_ends_with(theirs, rest) || strlen(theirs) == strlen(rest))
            continue;
        snprintf(child[0], sizeof child[0], "%.*s", (int)(strlen(theirs) - strlen(rest)), theirs);
        snprintf(child[1], sizeof child[1], "%.*s", (int)(rest - ours), ours);
        return all_below(m, child[0], child[1]);
    }
    return false;
}

/* The same of weights=, which fills a model as it is before its change. */
static void advise_base(const struct matching *m, int mismatches, char *hint, size_t capacity)
{
    const struct nc_model *model = m->model;
    const struct nc_parameter *head = NULL;
    int missing = 0;
    for (int i = 0; i < model->parameter_count; i++) {
        const struct nc_parameter *p = &model->parameters[i];
        missing += is_missing(m, i);
        if (m->from[i] >= 0 && p->rank == 2 && !same_shape(p, &m->file->at[m->from[i]].tensor))
            head = p;
    }
    if (missing == model->parameter_count)
        snprintf(hint, capacity, "this is a file of another model: it has no parameter of %s", model->name);
    else if (missing == 0 && head != NULL && mismatches <= 2)
        snprintf(hint, capacity,
                 "weights= fills the model as it is before its change, and so with the file's classes: leave "
                 "num_classes away, and say behind it { replace %.*s = Linear(%lld, %lld) }",
                 (int)(strrchr(head->name, '.') ? strrchr(head->name, '.') - head->name : (long)strlen(head->name)),
                 head->name, head->shape[1], head->shape[0]);
    else
        snprintf(hint, capacity,
                 "weights= fills the model as it is before its change: give it the arguments that it had when "
                 "the file was saved, such as num_classes, and change its layers in braces");
}

/* What to do about it; "": nothing is known. */
static void advise(const struct matching *m, int mismatches, char *hint, size_t capacity)
{
    char prefix[256], child[2][256];
    hint[0] = '\0';
    if (m->model != m->run->model)
        advise_base(m, mismatches, hint, capacity);
    else if (find_prefix(m, prefix))
        snprintf(hint, capacity, "the names in it begin with \"%s\": say prefix=\"%s\" behind load, or --prefix %s",
                 prefix, prefix, prefix);
    else if (find_renamed(m, child))
        snprintf(hint, capacity, "what the model calls \"%s\" the file calls \"%s\": name it so, or say behind load "
                                 "rename={\"%s\": \"%s\"}", child[1], child[0], child[0], child[1]);
    else if (mismatches > 0 && mismatches <= 2)
        snprintf(hint, capacity, "for a head with other classes give that layer another name, and say strict=False "
                                 "behind load: it begins anew, and the others go on");
}

/* ---- Loading ----------------------------------------------------------------------------------------------------- */

/* What is told of the names, where they need not be the model's; none of them would be a mistake all the same. */
static void tell_names(struct matching *m)
{
    struct nc_run *run = m->run;
    struct report names;
    int none = 1;
    open_report(m, &names);
    print_missing(m, names.stream);
    print_unexpected(m, names.stream);
    fclose(names.stream);
    for (int i = 0; i < m->model->parameter_count; i++)
        none &= m->from[i] < 0;
    if (none)
        nc_fail_list(run, NULL, names.text, "cannot load %s: it has none of the parameters of %s:", m->file->path,
                     m->model->name);
    if (names.length > 0) {
        nc_note(run, "loaded %s:", m->file->path);
        nc_note_list(run, names.text);
    }
    free(names.text);
}

/* Reports what does not fit, all of it at once; ends the program then. */
static void check_all(struct matching *m, int strict)
{
    struct report report;
    char hint[900];
    open_report(m, &report);
    if (strict) {
        print_missing(m, report.stream);
        print_unexpected(m, report.stream);
    }
    int mismatches = print_unfit(m, report.stream);
    fclose(report.stream);
    advise(m, mismatches, hint, sizeof hint);
    if (report.length > 0)
        nc_fail_list(m->run, hint[0] != '\0' ? hint : NULL, report.text,
                     "cannot load %s: Error(s) in loading state_dict for %s:", m->file->path, m->model->name);
    if (!strict)
        tell_names(m);
    free(report.text);
}

/* A tensor is taken in stretches of so many floats, so that neither the file nor what is converted of it takes much
 * memory beside the parameters. */
enum { AT_ONCE = 1 << 20 };

/* Of a parameter and a tensor the part between two places on the parameter's first axis, which is the tensor's first
 * dimension or what that is cut into. */
struct stretch {
    struct nc_parameter parameter;
    struct nc_tensor tensor;
    long long steps, at_once; /* of the axis: all of them, how many a stretch has */
    long long floats;         /* of a step */
};

static struct stretch cut(const struct nc_parameter *p, const struct nc_tensor *tensor)
{
    struct stretch s = {.parameter = *p, .tensor = *tensor, .steps = 1, .floats = nc_parameter_elements(p)};
    if (p->axis_count > 0 && p->rank > 0 && p->axes[0].size > 0 && p->shape[0] % p->axes[0].size == 0)
        s.steps = p->axes[0].size;
    s.floats /= s.steps;
    s.at_once = s.floats > 0 && s.floats < AT_ONCE ? AT_ONCE / s.floats : 1;
    s.at_once = s.at_once < s.steps ? s.at_once : s.steps;
    return s;
}

static void set_stretch(struct stretch *s, const struct nc_parameter *p, const struct nc_tensor *tensor,
                        long long first, long long count)
{
    const long long rows = s->steps > 1 ? p->shape[0] / s->steps : 0;
    if (rows == 0)
        return; /* it is taken whole */
    s->parameter.axes[0].size = count;
    s->parameter.offset = p->offset + first * p->axes[0].stride;
    s->tensor.shape[0] = count * rows;
    s->tensor.offset = tensor->offset + first * rows * tensor->stride[0];
}

static void take_tensor(const struct matching *m, const struct nc_parameter *p, int number, float *space)
{
    const struct nc_tensor *tensor = &m->file->at[number].tensor;
    const unsigned char *storage = nc_tensors_storage(m->file, number);
    const size_t size = (size_t)tensor->storage.dtype->size;
    struct stretch s = cut(p, tensor);
    for (long long first = 0; first < s.steps; first += s.at_once) {
        const long long left = s.steps - first, count = left < s.at_once ? left : s.at_once;
        set_stretch(&s, p, tensor, first, count);
        const float *floats = nc_tensor_floats(&s.tensor, storage, space);
        nc_parameter_scatter(&s.parameter, floats, m->run->weights);
        if (floats != space)
            nc_tensors_forget(m->file, (const unsigned char *)floats, (size_t)(count * s.floats) * sizeof *floats);
    }
    nc_tensors_forget(m->file, storage, (size_t)tensor->storage.count * size);
}

/* Memory for what a stretch is converted to. */
static float *take_space(const struct matching *m)
{
    long long most = 1;
    for (int i = 0; i < m->model->parameter_count; i++) {
        if (m->from[i] < 0 || m->model->parameters[i].floats == 0)
            continue;
        const struct stretch s = cut(&m->model->parameters[i], &m->file->at[m->from[i]].tensor);
        most = s.at_once * s.floats > most ? s.at_once * s.floats : most;
    }
    return nc_memory(m->run, most, sizeof(float), "a checkpoint");
}

/* All names and shapes are checked before the first parameter is touched. */
void nc_checkpoint_load(struct nc_run *run, const struct nc_model *model, const char *path, int how)
{
    struct matching m = {.run = run, .model = model, .file = nc_tensors_open(run, path)};
    if (m.file->place != NULL)
        nc_note(run, "%s: %s", path, m.file->place);
    choose_names(&m, how);
    match_names(&m);
    check_all(&m, how != NC_LOAD_LOOSE);

    float *space = take_space(&m);
    for (int i = 0; i < model->parameter_count; i++) {
        const struct nc_parameter *p = &model->parameters[i];
        if (p->floats == 0 || m.from[i] < 0)
            continue; /* not in the model any more, or not in the file */
        const struct nc_tensor *tensor = &m.file->at[m.from[i]].tensor;
        if (p->kind == NC_COUNT)
            nc_count_set(p, run->weights, nc_tensor_to_integer(tensor, nc_tensors_storage(m.file, m.from[i])));
        else
            take_tensor(&m, p, m.from[i], space);
    }
    for (int i = 0; i < m.file->count; i++)
        free(m.names[i]);
    free(m.names);
    free(m.from);
    free(m.used);
    free(space);
    nc_tensors_close(m.file);
}
