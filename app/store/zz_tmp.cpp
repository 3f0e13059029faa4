#include "store/store.h"
namespace attune { class Database{}; class DraftWriter{}; Store::~Store() {} }
