/* What the files that print a program share. */
#ifndef NETC_TARGETS_CPU_EMIT_FRAME_H
#define NETC_TARGETS_CPU_EMIT_FRAME_H

#include "base/text.h"
#include "targets/cpu/emit/program.h"
#include "targets/cpu/families/family.h"
#include "targets/layer_text.h"

typedef struct Frame {
    Arena *arena;
    Text text;
    const Program *program;
    const Network *network;
    const CpuPlans *plans;
    const Plan *plan; /* the one of them that is being printed */
    EmitForm form;
    bool profile;
    bool shared; /* several processes share a run of it */
    bool carries_device; /* `device` is there, a model for one other than the CPU */
    bool laps; /* stand behind calls of kernels, as they do with a profile */
    VEC(struct Body *) bodies; /* what kernels' functions share (bodies.h) */
    VEC(struct Repeat *) repeats; /* functions that several phases share (repeats.h) */
    struct Places *places; /* while a phase's function is looked at: what may differ in others; otherwise NULL */
    bool defines_packed;   /* the macro PACKED is there */
    bool in_microbatch; /* within a function of a struct nc_microbatch *mb, which has the blocks */
    VEC(const Data *) emitted; /* data sets that there are variables of */
    VEC(const Parameter *) gone; /* that the network had before it was changed */
    Text constants;        /* of a library: what calls are handed the address of */
    int constant_count;
    bool draws_plainly; /* parameters are drawn in their order, and as their layers have it, before anything else */
} Frame;

/* Appends `text`, broken after commas where a line would be too wide; further lines are indented by `rest`. */
void add_wrapped(Frame *f, const char *text, const char *indent, int rest);

/* Appends a call, complete with its ";\n". */
void add_call(Frame *f, const char *call, const char *indent);

/* Appends lines of code, those that are too wide broken; and a comment of some lines, likewise. */
void add_code(Frame *f, const char *text);
void add_comment(Frame *f, const char *text);

/* "0: Conv2d(3, 32, 5, 1, 2), 1: MaxPool2d(2)": each layer of a kernel once. */
const char *layers_text(Arena *arena, const Kernel *kernel);

/* The kernels' functions, each once, and the bodies that they share (functions.c, bodies.c). */
void emit_functions(Frame *f);

/* Whether a kernel's C function has a last parameter that tells how many samples the microbatch holds just now. */
bool takes_count(const Kernel *kernel);

/* forward, backward, train, test, pack (steps.c). */
void emit_steps(Frame *f);

/* Of a library: the lines that make zero what kernels don't write of the buffers that are used from kernel `i` on;
 * mb: what the macros of buffers are handed. */
void emit_zeros(Frame *f, int i, const char *mb, const char *indent);

/* The function of a phase, and the number of the row that it goes by in its table; -1: it has none (repeats.c). */
const char *phase_function(const Frame *f, const Phase *phase);
int phase_row(const Frame *f, const Phase *phase);

/* Whether the program has the function pack, which packs the weights that forward kernels read; or pack_backward, which
 * packs the others. */
bool has_pack(const CpuPlans *plans, bool forward);

/* Whether the program has the function pack_evaluation. */
bool packs_norms(const Plan *plan);

/* With --profile: the line behind a call of `kernel` that takes its time, and the table of all kernels (profile.c).
 * The line alone serves whoever watches the kernels. */
void emit_lap(Frame *f, const Kernel *kernel, const char *indent);
void emit_profile_table(Frame *f);

/* A parameter's number in the emitted table. */
int parameter_number(const Frame *f, const Parameter *parameter);

/* The constant tables of the model, and main (tables.c, main.c). */
void emit_loss_settings(Frame *f); /* struct nc_loss loss */
void emit_tables(Frame *f);

/* The tables of what processes that share a batch exchange, in training and where there is one in evaluation; their
 * fields in the model's table, or in that of evaluation; and those of a phase whose parts are about some samples, or ""
 * (exchange.c). */
void emit_exchange(Frame *f);
void emit_exchange_fields(Frame *f, const Plan *plan);
const char *samples_of_part(const Frame *f, const Plan *plan, const Phase *phase);
void emit_log(Frame *f);     /* within main: what the train block logs (log.c) */
void emit_objects(Frame *f); /* within main: the model as torch's objects, for a file that holds it whole (objects.c) */
void emit_main(Frame *f);

/* Parts of a program (program.c): where parameters, or their packed copies, start; what the kernels of a plan compute,
 * and the functions that call them; whether kernels need a header, or activations. */
void emit_offsets(Frame *f, const Plan *plan, Space space);
void emit_plan(Frame *f, const Plan *plan);
bool plans_need(const CpuPlans *plans, const char *header);
bool plans_activate(const CpuPlans *plans);

#endif
