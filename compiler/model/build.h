/* What the parts of model_build share. */
#ifndef NETC_MODEL_BUILD_H
#define NETC_MODEL_BUILD_H

#include "model/model.h"
#include "syntax/tree.h"

/* A named constant. */
typedef struct Let {
    const char *name;
    Constant value;
    struct File *file;        /* that defines it; NULL: it is a parameter, or a name of a for */
    const Syntax *transforms; /* of one that holds transforms: the call; constants in it are those before it */
} Let;

/* A block. Its parameters take any constant. */
typedef struct Block {
    const Syntax *syntax;
    struct File *file;
    const Param *params;
    bool broken; /* its head is wrong, or it contains itself: reported; uses of it are silent */
} Block;

/* A model as a file has it: its layers, or a change of another model. */
typedef struct Model {
    const Syntax *syntax;
    struct File *file;
    const Param *params; /* behind its shape */
    int first_param;     /* the place of the first one among the items of the head */
    bool broken;         /* its head is wrong, or it has too many layers: reported; changes of it are silent */
    bool open;           /* it is being made: a change of it within is a change of itself */
} Model;

/* Constants that are known in a part of a file: parameters of a block or a model, names of a for. */
typedef struct Locals {
    VEC(Let) lets;
    const struct Locals *around;
} Locals;

/* A file, the one that is compiled or one that is imported, and what it defines. */
typedef struct File {
    const char *name; /* as `import` has it; NULL: the one that is compiled */
    const Source *source;
    const Syntax *syntax;
    bool open;      /* what it imports is being read: an import of it is a circle */
    bool partial;   /* statements could not be read, or an import is not there: what is missing may only be unread */
    VEC(Name) names;
    VEC(Let) lets;
    VEC(Block *) blocks;
    VEC(Model *) models;
    VEC(struct File *) imports; /* whose names are known here too */
} File;

/* A value that the command line gives: --set path=text. */
typedef struct Setting {
    const char *path, *text;
    const Source *source; /* of `text`, for messages */
    bool used;
} Setting;

/* A model, and whether its shapes are known all through. */
typedef struct NetworkEntry {
    Network *network;
    bool known;
} NetworkEntry;

/* A data set, what one sample of it is after its transforms, and whether that is known. */
typedef struct DataEntry {
    Data *data;
    Shape sample;
    int classes;
    bool known;
    bool pictures; /* no ToTensor has made floats of the bytes */
    bool replaced; /* something is made of it with other transforms */
    Span call;
} DataEntry;

typedef struct Build {
    Arena *arena;
    Diag *diag;
    Program *program;
    File *file;         /* the one that is looked at */
    VEC(File *) files;
    const Locals *scope; /* NULL outside of blocks */
    bool plain;         /* --set is not looked at: a model before its change */
    VEC(NetworkEntry) networks;
    VEC(DataEntry) data;
    VEC(Setting) settings;
    VEC(const char *) paths; /* every path that --set may name */
} Build;

/* The value of a constant expression. Mistakes are reported; the value is BROKEN then. */
Constant evaluate(Build *build, const Syntax *syntax);

/* The constant that a file, or one that it imports, has under a name; NULL: there is none. */
const Let *find_let(const File *file, const char *name);

/* Whether a name is one of a constant, of torchvision's, or of a data set. */
bool is_constant(const Build *build, const char *name);

/* Whether an `if` takes it for true: Python's rules. */
bool constant_truth(Constant value);

/* The command line's value for `path`, or NULL. Every path asked for is one that --set may name. `text`: bare words are
 * strings. The span is of the value. */
const Constant *setting_value(Build *build, const char *path, bool text, Span *span);

/* The same of a setting's first argument, for which the setting stands too: `path`, or `full`, which has its name. */
const Constant *first_value(Build *build, const char *path, const char *full, bool text, Span *span);

/* Binds the arguments of a call to a signature. `path` is what --set calls the whole ("train.optimizer"); with
 * `is_first` it names the first parameter too. */
bool bind_arguments(Build *build, const char *name, const Param *params, const Syntax *const *arguments, int count,
                    Span call, const char *path, bool is_first, Args *args);

/* The name of a noun without the module that Python writes before it: "nn.Conv2d" is "Conv2d". */
const char *bare_name(const char *name);

/* The most statements of a file. */
enum { MAX_STATEMENTS = 10000 };

/* The kind that a call names, among `kinds`: a table of the vocabulary, which ends with NULL and whose rows begin with
 * their names. NULL after reporting. */
const void *find_kind(Build *build, const char *what, const Syntax *call, const void *kinds);

/* Reports that `what` ("layer") has no kind of this name; `names` are those there are. */
void report_no_kind(Build *build, const char *what, const char *name, Span span, const char *const *names, int count);

/* Reports a name that is defined twice in the file, and remembers it. */
void define_name(Build *build, Name name);

/* Files (files.c). Reads what a file imports, and what that imports; looks at the heads of blocks and models and at
 * constants. */
void read_file(Build *build, File *file);

/* Which of the files that this one imports has a name; NULL: none. */
File *find_import(const File *file, const char *name);

/* Blocks (blocks.c). Their heads first; when all are known, their bodies: unknown names, blocks that use themselves. */
void build_block(Build *build, const Syntax *syntax);
void check_blocks(Build *build);
Block *find_block(const Build *build, const char *name);

/* The parameters in the head of `what` ("block"), whose items begin at `first`. NULL after reporting. */
const Param *read_head(Build *build, const char *what, const Syntax *syntax, int first);

/* The values that parameters have in a call with these arguments. NULL after reporting what does not fit. */
typedef struct Head {
    const char *name;
    const Syntax *syntax; /* its items from `first` are the parameters */
    int first;
    const Param *params;
    File *file;
} Head;
const Locals *bind_head(Build *build, const Head *head, const Syntax *const *arguments, int count, Span call,
                       const char *path);

/* "ConvUnit(channels=32, p=0.0)" */
const char *block_text(Arena *arena, const Block *block, const Locals *scope);

/* The layer with this name, or NULL. */
const LayerKind *find_layer(const char *name);

/* The value of a name in a scope and those around it; NULL: there it has none. */
const Constant *find_local(const Locals *scope, const char *name);

/* Names (names.c). Whether a name is the word Sequential, or one that a body has beside layers; whether a call is
 * none of a layer but an operation; what is wrong
 * with a name that is nothing at all. */
bool is_sequential(const char *name);
bool is_word_of_bodies(const char *name);
bool is_operation(const Syntax *call);
void report_no_layer(Build *build, const Syntax *call);

/* The call of a layer among the arguments of a Sequential; NULL after reporting that it is none. */
const Syntax *sequential_item(Build *build, const Syntax *argument);

/* Nested deeper, a model is refused: in braces, in blocks and in Sequentials, all counted. */
enum { MAX_NESTING = 500 };

/* While a model's modules are made of its text. */
typedef struct Expansion {
    const char *model; /* its name, for --set and for messages */
    int visited;       /* items, each as often as it is repeated or its block is used */
    int depth;         /* of nesting */
    bool full;         /* there were too many: reported */
} Expansion;

/* A module of braces or of a call, with what it holds. It is given its name by who adds it. */
Module *make_module(Build *build, Expansion *x, const Syntax *value, const char *path);

/* The modules of a model's own body. */
Module *make_root(Build *build, Expansion *x, const Model *model);

/* Gives all modules their paths, as their names have them. */
void place_modules(Build *build, Module *root);

/* Layers (body.c): applies the modules in order, from the input's shape on. `network` has the input; the rest is filled
 * in. False where something does not fit: reported. `shape_span`: where the shape of the input stands. */
bool add_layers(Build *build, Network *network, Span shape_span);

/* Models (network.c). Their heads first, then those that are asked for. */
void build_model(Build *build, const Syntax *syntax);
Model *find_model(const Build *build, const char *name);
void build_network(Build *build, Model *model);

/* What a model is before its layers have shapes: its modules, and the shape of its input. */
typedef struct Design {
    Module *root;
    Shape input; /* that of the outermost change that says one; rank 0: none so far */
    Span input_span;
    Network *base;       /* of a change: what it was made of; NULL: nothing */
    const char *weights; /* of the base */
    VEC(Module *) added; /* by the change, in its order */
} Design;

/* Makes the modules of a model; `arguments` are those of the change that it is made for. False after reporting. */
bool design_model(Build *build, Model *model, const Syntax *const *arguments, int count, Span call, Design *design);

/* The shape of a sample in the head of a model. False after reporting. */
bool read_input(Build *build, const Model *model, Design *design);

/* Builds the network of a design; NULL after reporting. */
Network *build_design(Build *build, const Design *design, Name name);

/* Changes (derive.c): `model NAME = MODEL(...) { edits }`, as design_model makes it with the constants of `scope`. */
bool design_change(Build *build, Model *model, const Locals *scope, Design *design);

/* The place of the child with this name; -1: there is none. */
int child_index(const Module *parent, const char *name);

/* Changes (derive.c): their words, replace, append, ..., NULL behind the last; whether one brings a module. */
const char *change_word(int index);
bool change_brings(const char *word);

/* Slips (slips.c): whether an edit is written as Python, or with a word that no change has: reported, with what stands
 * for it here. `root` is the model as it is at this edit. */
bool report_slip(Build *build, const Module *root, const Syntax *edit);

/* A path as it is written here: classifier.6 for vgg16.classifier[6], or for classifier[-1] of seven children. */
const char *plain_path(Build *build, const Module *root, const char *written);

/* Weights that torchvision names and fetches (weights.c): whether an argument of a model's asks for such, by
 * weights="IMAGENET1K_V1", weights=ResNet18_Weights.DEFAULT, pretrained=True or progress=True: reported, with the file
 * that they are, and how to have it. */
bool report_weights(Build *build, const char *model, const Syntax *argument);

/* Initial values (inits.c): in torch's order, those of layers and of `init` items. False after reporting. */
bool collect_draws(Build *build, Network *network, const Module *module);

/* The statements. */
void build_data(Build *build, const Syntax *syntax);

/* What the C calls a data set: its name where C allows it, else one that the file has not. */
const char *data_variable(Build *build, const char *name);

/* Whether a call makes a transform, or several. */
bool is_transform(const Syntax *call);

/* The constant of this name that holds transforms, or NULL. */
const Let *find_transforms(const Build *build, const char *name);

/* Adds the transforms of a body, whose arguments --set calls data.PATH.... */
void add_transforms(Build *build, DataEntry *entry, const Syntax *body, const char *path);

/* A view of the data sets that its first argument names, with the transforms of a body, or (NULL) with theirs. */
void build_view(Build *build, DataEntry *entry, const Syntax *body);

void check_data(Build *build); /* what can only be known when all of them are */
void build_train(Build *build, const Syntax *syntax);

/* Warns of constants and of parameters of blocks that nothing in a file without mistakes uses (unused.c). */
void warn_of_unused(Build *build, const Syntax *file);

#endif
