/* Hints behind a syntax error: what stands here for what Python, another library or another statement has there. */
#include <string.h>

#include "base/character.h"
#include "syntax/report.h"

bool is_one_of(const char *token, const char *const *set)
{
    for (; *set; set++)
        if (strcmp(token, *set) == 0)
            return true;
    return false;
}

bool expectation_has(const Expectation *expected, const char *token)
{
    bool found = false;
    for (int i = 0; i < expected->others.count; i++)
        found = found || strcmp(expected->others.at[i], token) == 0;
    return found;
}

bool expectation_is_path(const Expectation *expected)
{
    return !expected->value && !expected->statement && expectation_has(expected, "'='") &&
           expectation_has(expected, "'['") && expectation_has(expected, "'}'");
}

/* Lines of a Python program, and what stands for them here. A line begins with the text, or (in braces) holds it. */
#define FREEZE "; what does not learn is named in a change of a model or in a train block: freeze features"
#define DEVICE "; a train block says where it runs: device auto, which is cuda where there is one, else cpu"
#define CHANGE "; a model is changed in the braces behind it: model Mine = resnet18() { replace fc = Linear(512, 2) }"
static const struct {
    const char *text;
    bool begins;
    const char *hint;
} python_lines[] = {
    {"import ", true, "; leave it out: what torch and torchvision have is known by its name"},
    {"from ", true, "; leave it out: what torch and torchvision have is known by its name"},
    {"class ", true, "; a model is no Python class here: model Net(3, 32, 32) { ... }"},
    {"def ", true, "; there is no forward(): layers are called in the order in which they stand"},
    {"super(", true, "; leave it out: layers stand in braces, and nothing else is to be done"},
    {"super().", true, "; leave it out: layers stand in braces, and nothing else is to be done"},
    {"return", true, "; leave it out: what the last layer gives is the model's output"},
    {"for param in ", true, FREEZE},
    {".requires_grad", false, FREEZE},
    {"for ", true, "; there are no loops over epochs and batches: a train block has 'epochs 10', a body 'repeat 3 {'"},
    {"if ", true, "; leave it out: a file says what there is, and the command line what is done with it"},
    {"while ", true, "; there are no loops: a train block has 'epochs 10'"},
    {"with ", true, "; leave it out: 'test NAME' in a train block evaluates without gradients"},
    {"print(", true, "; leave it out: a run tells of losses and accuracies by itself"},
    {"torch.manual_seed(", false, "; the seed is a setting of a train block: seed 0"},
    {"torch.save(", false, "; saving is a setting of a train block: save \"net_{epoch}.pth\""},
    {"load_state_dict(", false, "; loading is a setting of a train block: load \"net.pth\""},
    {"torch.load(", false, "; loading is a setting of a train block: load \"net.pth\""},
    {"SummaryWriter(", false, "; logging is a setting of a train block: log \"logs\", every=100"},
    {".add_scalar(", false, "; logging is a setting of a train block: log \"logs\", every=100"},
    {".backward(", false, "; leave it out: 'netc run' makes the steps of training that a train block describes"},
    {".zero_grad(", false, "; leave it out: 'netc run' makes the steps of training that a train block describes"},
    {".step(", false, "; leave it out: 'netc run' makes the steps of training that a train block describes"},
    {".train(", false, "; leave it out: training and evaluation are told apart by themselves"},
    {".eval(", false, "; leave it out: training and evaluation are told apart by themselves"},
    {".is_available(", false, DEVICE},
    {".cuda(", false, "; leave it out: 'device' of a train block says where it runs"},
    {".to(", false, "; leave it out: 'device' of a train block says where it runs"},
    {"torch.device(", false, DEVICE},
    {"models.", false, "; a model that exists is imported, and made by 'model': import \"resnet18\", then, in a line "
     "of its own, model Mine = resnet18()"},
    {".add_module(", false, CHANGE}, {".append(", false, CHANGE}, {".insert(", false, CHANGE},
    {".set_submodule(", false, CHANGE},
    {"DataLoader(", false, "; batches are settings of a train block: data train_data, batch_size=64, shuffle=True"},
    {"lr_scheduler.", false, "; the scheduler is a setting of a train block: scheduler StepLR(step_size=5)"},
    {"optim.", false, "; the optimizer is a setting of a train block: optimizer SGD(lr=0.1)"},
    {"Loss(", false, "; the loss is a setting of a train block: loss CrossEntropyLoss()"},
    {"Compose(", false, "; a constant has 'let' before it: let transform = Compose([ToTensor()])"},
    {"datasets.", false, "; a data set has 'data' before its name: data train_data = CIFAR10(\"data\")"},
    {"Sequential(", false, "; a model is written model Net(3, 32, 32) { ... }, with the layers in braces"},
};

/* Whether the line at `line` begins with a text; or holds it. */
static bool has_text(const char *line, const char *text, bool begins)
{
    const char *found = line, *end = line + strcspn(line, "#\n");
    const size_t length = strlen(text);
    while (!begins && found + length < end && strncmp(found, text, length) != 0)
        found++;
    return found + length <= end && strncmp(found, text, length) == 0;
}

/* What stands here for the line of Python's at `line`; or NULL. */
static const char *python_hint(const char *line)
{
    for (size_t i = 0; i < sizeof python_lines / sizeof *python_lines; i++)
        if (has_text(line, python_lines[i].text, python_lines[i].begins))
            return python_lines[i].hint;
    return NULL;
}

static const char *const string_prefixes[] = {"f", "r", "b", "u", NULL};

/* Words that other languages begin statements with. */
static const struct {
    const char *word, *hint;
} other_words[] = {
    {"const", "; a constant begins with 'let'"}, {"var", "; a constant begins with 'let'"},
    {"dataset", "; a data set begins with 'data'"}, {"fit", "; training begins with 'train'"},
    {"layer", "; layers to be used more than once begin with 'block'"},
    {"net", "; a model begins with 'model'"}, {"network", "; a model begins with 'model'"},
    {"test", "; 'test NAME' stands in a train block"},
};

/* "name = ..." */
static bool is_assignment(const char *line)
{
    const char *end = line + character_name_length(line, (int)strcspn(line, "\n"), false);
    const char *sign = end + strspn(end, " \t");
    return end > line && sign[0] == '=' && sign[1] != '=';
}

/* "net.fc = ..." or "net.classifier[6] = ...": a module of a model is given another value. */
static bool is_change(const char *line)
{
    size_t end = strcspn(line, " \t\n=#(");
    const char *sign = line + end + strspn(line + end, " \t");
    return memchr(line, '.', end) && sign[0] == '=' && sign[1] != '=';
}

/* "log \"logs\", every=100": a word and what it is set to, in a train block. */
static bool is_setting(Arena *arena, const char *line)
{
    static const char *const others[] = {"model", "block", "train", "let", "import", "repeat", "for", "if",
                                         "replace", "append", "insert", "remove", NULL};
    size_t length = (size_t)character_name_length(line, (int)strcspn(line, "\n"), false);
    const char *next = line + length + strspn(line + length, " \t");
    return length > 0 && next > line + length && !strchr("=:({,#\n", *next) &&
           !is_one_of(arena_copy(arena, line, length), others);
}

/* What is imported by a line of Python, where that may be a model: "resnet18" of from torchvision.models import
 * resnet18, or of import resnet18; NULL: a package or a function of Python's. */
static const char *imported_model(Arena *arena, const char *line)
{
    static const char from[] = "from torchvision.models import ";
    static const char *const packages[] = {"torch", "torchvision", "torchaudio", "torchmetrics", "numpy", "os", "sys",
                                           "math", "time", "random", "copy", "json", "tqdm", "PIL", "pandas", "sklearn",
                                           "matplotlib", "argparse", "tensorboard", "safetensors", NULL};
    bool of_models = strncmp(line, from, strlen(from)) == 0;
    if (!of_models && strncmp(line, "import ", strlen("import ")) != 0)
        return NULL;
    line += of_models ? strlen(from) : strlen("import ");
    line += strspn(line, " \t");
    size_t length = (size_t)character_name_length(line, (int)strcspn(line, "\n"), false);
    const char *name = arena_copy(arena, line, length);
    if (!length || line[length] == '.' || is_one_of(name, packages) || (of_models && *name >= 'A' && *name <= 'Z'))
        return NULL;
    return name;
}

const char *hint_of(Arena *arena, const Expectation *expected, const char *token, const char *before,
                    const char *line)
{
    const char *model = expected->statement || strcmp(before, "import") == 0 ? imported_model(arena, line) : NULL;
    if (model)
        return arena_printf(arena, "; a model of the library, or a file, is imported in quotes: import \"%s\"", model);
    if (expectation_is_path(expected))
        return "; a change is written as replace classifier.6 = Linear(4096, 10), append, insert, remove or freeze "
               "likewise";
    bool body = expectation_has(expected, "':'") && expectation_has(expected, "'('"); /* a child or a layer */
    const char *python = expected->statement || body || strcmp(before, "import") == 0
                             ? python_hint(line) : NULL;
    bool of_x = strcmp(before, "x") == 0 || strcmp(before, "out") == 0;
    if (*token == '=' && body && !of_x)
        return "; a child's name stands before it with a colon: conv1: Conv2d(3, 16, 3)";
    if (python)
        return python;
    if (strcmp(token, "if") == 0 && has_text(line, ".is_available(", false))
        return DEVICE;
    if (*token == '=' && body)
        return "; there is no x: each layer takes what the one before it gives";
    if (*token == '+' && (body || *before == ')'))
        return "; a sum of two branches is Residual { ... }";
    if (*token == '(' && *before == ')')
        return "; a layer is not called: it takes what the one before it gives";
    if (*token == ',' && body)
        return "; a layer or a transform has parentheses, empty ones too: ReLU()";
    if (*token == '=' && expected->value)
        return "; a setting has no '=' behind its name";
    if (*token == ':' && expected->value)
        return "; a setting has no ':' behind its name";
    if ((*token == '"' || *token == '\'') && is_one_of(before, string_prefixes))
        return "; a string has no letter in front, and {epoch} is filled in by itself";
    if (*token == '/' || *token == '"' || *token == '\'')
        return expected->statement ? "; a comment begins with #" : "";
    if ((*token == '{' || *token == '(') && strcmp(before, "train") == 0)
        return "; a train block has the name of its model: train Net { ... }";
    if (*token == '{' && expected->value && *before == '=')
        return "; a dict stands only behind the name of its argument: rename={\"fc\": \"head\"}";
    if (*token == '{' && expectation_has(expected, "'('") && !expectation_has(expected, "'='") &&
        strncmp(line, "model ", strlen("model ")) == 0)
        return arena_printf(arena, "; parentheses stand behind a model that is changed, empty ones too: %s() { ... }",
                            before);
    if (*token == '{' && expectation_has(expected, "'('") && !expectation_has(expected, "'='"))
        return "; parentheses stand before the braces, empty ones too: block Unit() { ... }";
    for (size_t i = 0; expected->statement && i < sizeof other_words / sizeof *other_words; i++)
        if (strcmp(token, other_words[i].word) == 0)
            return other_words[i].hint;
    if (expected->statement && !expected->name && is_change(line))
        return CHANGE;
    if (expected->statement && is_assignment(line))
        return "; a constant has 'let' before its name, a data set 'data', a model 'model'";
    if (*token == '=' && strcmp(before, "model") == 0)
        return "; a model has a name, and the shape of its samples: model Net(3, 32, 32) { ... }";
    if (strcmp(before, "lambda") == 0)
        return "; functions are not read";
    if (strcmp(before, "freeze") == 0 && !expected->value && expectation_has(expected, "':'"))
        return "; 'freeze' is a setting of a train block";
    if (*token == '*' && expected->name && expectation_has(expected, "'{'"))
        return "; copies of layers are written repeat 3 { ... }";
    bool may_end = expected->line_end && expectation_has(expected, "','") && expectation_has(expected, "'}'");
    if (may_end && !expected->name && !strchr("=+-*/.,:(){}[]", *token) && is_setting(arena, line))
        return !expectation_has(expected, "'='")
                   ? "; arguments have ',' between them, and a setting has a line of its own"
               : character_name_length(token, (int)strlen(token), false)
                   ? "; a setting has a line of its own, and what it names has arguments in parentheses: SGD(lr=0.1)"
                   : "; an argument has '=' behind its name, and a setting has a line of its own";
    if (*token == '{' && !expected->value && expectation_has(expected, "'='") && expectation_has(expected, "'('"))
        return "; a model has the shape of its samples in front of its layers: (3, 32, 32)";
    return "";
}
