// What a user does in Thunderbird, in its own windows. Everything waits for what it needs, for a bounded time.

const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");

const TRIES = 400;

async function until(what, found) {
  for (let tried = 0; tried < TRIES; tried++) {
    const value = await found(tried);
    if (value) {
      return value;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(`in vain: ${what}`);
}

const account = () => MailServices.accounts.accounts.find(one => one.incomingServer.type == "imap").incomingServer;
const drafts = () => account().rootFolder.subFolders.find(folder => folder.name == "Drafts");
const main = () => Services.wm.getMostRecentWindow("mail:3pane");
const composer = () => [...Services.wm.getEnumerator("msgcompose")][0];

const steps = {
  async signIn(user, password) {
    const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
    login.init("imap://localhost", null, "imap://localhost", user, password, "", "");
    await Services.logins.addLoginAsync(login);
    const pane = await until("the main window", () => main()?.document.getElementById("tabmail")?.currentAbout3Pane);
    account().performExpand(main().msgWindow);
    const inbox = await until("the inbox", () => account().rootFolder.subFolders[0]);
    pane.displayFolder(inbox.URI);
    await until("the folder for drafts", tried => {
      if (tried % 40 == 0) {
        inbox.updateFolder(main().msgWindow);
      }
      return drafts();
    });
  },

  // Opens a draft with the button Edit; with `other`, in the other composer. Returns whether that one writes HTML.
  async edit(words, other) {
    const pane = main().document.getElementById("tabmail").currentAbout3Pane;
    pane.displayFolder(drafts().URI);
    const find = () => {
      pane.commandController.doCommand("cmd_expandAllThreads");
      for (let row = 0; row < (pane.gDBView?.rowCount ?? 0); row++) {
        const header = pane.gDBView.getMsgHdrAt(row);
        if (`${header.mime2DecodedSubject} ${header.mime2DecodedRecipients}`.includes(words)) {
          return { header, row };
        }
      }
      return null;
    };
    await until(`a draft ${words}`, tried => {
      if (tried % 20 == 0) {
        drafts().updateFolder(null);
      }
      return find();
    });
    const button = await until("the button Edit", tried => {
      const { header, row } = find() ?? {};
      if (!header) {
        return null;
      }
      if (tried % 100 == 0) {
        pane.threadTree.selectedIndex = -1;
        pane.threadTree.selectedIndex = row;
      }
      const shown = pane.messageBrowser.contentWindow;
      const bar = shown.gMessage?.messageKey == header.messageKey && shown.document.querySelector("notification-message");
      const buttons = bar ? [...bar.querySelectorAll("button"), ...(bar.shadowRoot?.querySelectorAll("button") ?? [])] : [];
      return buttons.find(one => /edit/i.test(`${one.textContent} ${one.getAttribute("label")}`));
    });
    const view = button.ownerDocument.defaultView;
    button.dispatchEvent(new view.MouseEvent("click", { bubbles: true, cancelable: true, composed: true, shiftKey: other }));
    const window = await until("the composer", () => composer()?.composeEditorReady && composer());
    await until("its text", () => window.gMsgCompose.editor?.rootElement?.textContent.trim());
    return window.gMsgCompose.composeHTML;
  },

  // Types behind the first line that holds some words, key by key; a line break is the key Enter.
  async type(at, text) {
    const window = composer();
    const { document: page, rootElement: body } = window.gMsgCompose.editor;
    window.document.getElementById("messageEditor").focus();
    const walker = page.createTreeWalker(body, 4);
    let node = walker.nextNode();
    while (node && !node.data.replace(/\s/g, " ").includes(at)) {
      node = walker.nextNode();
    }
    if (!node) {
      throw new Error(`no line holds ${at}`);
    }
    page.defaultView.getSelection().collapse(node, node.data.replace(/\s+$/, "").length);
    const keys = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
    if (!keys.beginInputTransaction(page.defaultView, () => {})) {
      throw new Error("the keyboard is taken");
    }
    for (const sign of text) {
      const key = sign == "\n" ? { key: "Enter", code: "Enter", keyCode: 13 } : { key: sign, code: "", keyCode: 0 };
      const event = new page.defaultView.KeyboardEvent("", key);
      keys.keydown(event);
      keys.keyup(event);
    }
  },

  // Saves into Drafts and closes the composer.
  async save() {
    const window = composer();
    const before = window.gMsgCompose.compFields.draftId;
    window.goDoCommand("cmd_saveAsDraft");
    await until("the draft to be saved", () => window.gMsgCompose.compFields.draftId != before && !window.gSaveOperationInProgress);
    window.close();
    await until("the composer to close", () => !composer());
  },
};

return await steps[given[0]](...given.slice(1));
