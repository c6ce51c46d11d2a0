/* Whole models, as torch.save(model, path) pickles them: an object of torch's own class for each module, with the
 * attributes that its __init__ would give it, so that torch.load needs nothing but torch (torch/nn/modules/module.py,
 * Module.__init__ and __setstate__). */
#include <stdbool.h>
#include <string.h>

#include "internal.h"
#include "pickle_write.h"

/* Where the writer is in the model's tables. */
struct walk {
    FILE *to;
    const struct nc_run *run;
    int module;
    int parameter, end; /* of the module's parameters, the next one, and behind the last */
};

/* Hooks are functions of Python: a model that comes from here has none. */
static const char *const hooks[] = {
    "_backward_pre_hooks", "_backward_hooks", "_forward_hooks", "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called", "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_state_dict_hooks",
    "_state_dict_pre_hooks", "_load_state_dict_pre_hooks", "_load_state_dict_post_hooks",
};

static void begin_dict(FILE *to, const char *name)
{
    nc_pickle_put_text(to, name);
    fputs("ccollections\nOrderedDict\n)R(", to); /* GLOBAL, EMPTY_TUPLE, REDUCE, MARK */
}

/* The part of a parameter's name that is its own. */
static const char *last_name(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot ? dot + 1 : name;
}

/* A Parameter; a buffer is a plain tensor. */
static void put_parameter(struct walk *w)
{
    const struct nc_parameter *p = &w->run->model->parameters[w->parameter];
    bool buffer = p->kind == NC_KEPT || p->kind == NC_COUNT;
    if (!buffer)
        fputs("ctorch._utils\n_rebuild_parameter\n(", w->to);
    nc_pickle_put_tensor(w->to, p, w->parameter++);
    if (!buffer)
        fprintf(w->to, "%sccollections\nOrderedDict\n)RtR", p->kind == NC_FROZEN ? "\x89" : "\x88"); /* requires_grad */
}

/* The dict of the parameters, or the buffers, called `names`: those that the module has, and None for the others. */
static void put_tensors(struct walk *w, const char *title, const char *names)
{
    begin_dict(w->to, title);
    for (size_t length; names && *names; names += length + (names[length] == ' ')) {
        char name[64];
        length = strcspn(names, " ");
        snprintf(name, sizeof name, "%.*s", (int)length, names);
        nc_pickle_put_text(w->to, name);
        if (w->parameter < w->end && strcmp(last_name(w->run->model->parameters[w->parameter].name), name) == 0)
            put_parameter(w);
        else
            fputc('N', w->to); /* NONE */
    }
    fputc('u', w->to); /* SETITEMS */
}

static void put_module(struct walk *w)
{
    const struct nc_module *module = &w->run->modules[w->module++];
    const char *name = last_name(module->class);
    w->parameter = module->first;
    w->end = module->first + module->tensors;
    fprintf(w->to, "c%.*s\n%s\n)\x81}(", (int)(name - module->class - 1), module->class, name); /* NEWOBJ; its dict */
    nc_pickle_put_text(w->to, "training");
    fputs("\x88", w->to);
    put_tensors(w, "_parameters", module->parameters);
    put_tensors(w, "_buffers", module->buffers);
    nc_pickle_put_text(w->to, "_non_persistent_buffers_set");
    fputs("c__builtin__\nset\n(]tR", w->to);
    nc_pickle_put_text(w->to, "_is_full_backward_hook");
    fputc('N', w->to);
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        begin_dict(w->to, hooks[i]);
        fputc('u', w->to);
    }
    begin_dict(w->to, "_modules");
    while (w->module < w->run->module_count && w->run->modules[w->module].depth > module->depth) {
        nc_pickle_put_text(w->to, w->run->modules[w->module].name);
        put_module(w);
    }
    fputc('u', w->to);
    nc_pickle_put_items(w->to, module->attributes);
    fputs("ub", w->to); /* SETITEMS, BUILD */
}

void nc_pickle_put_modules(FILE *to, const struct nc_run *run)
{
    struct walk w = {.to = to, .run = run};
    fputs("\x80\x02", to); /* PROTO 2 */
    put_module(&w);
    fputc('.', to); /* STOP */
}
