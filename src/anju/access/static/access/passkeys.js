// Passkeys: reads the options of a form, asks the device, posts its answer as JSON.
(() => {
  const bytes = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (c) => c.charCodeAt(0));
  };
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const each = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = (options) => {
    const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
    if (key.user) key.user = { ...key.user, id: bytes(key.user.id) };
    if (key.allowCredentials) key.allowCredentials = each(key.allowCredentials);
    if (key.excludeCredentials) key.excludeCredentials = each(key.excludeCredentials);
    return { publicKey: key };
  };

  const answered = (credential) => {
    const made = credential.response;
    const response = { clientDataJSON: text(made.clientDataJSON) };
    if (made.attestationObject) {
      response.attestationObject = text(made.attestationObject);
      response.transports = made.getTransports ? made.getTransports() : [];
    } else {
      response.authenticatorData = text(made.authenticatorData);
      response.signature = text(made.signature);
      response.userHandle = made.userHandle ? text(made.userHandle) : null;
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment || null,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const failed = form.querySelector("[data-passkey-failed]");
    form.addEventListener("submit", async (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (failed) failed.hidden = true;
      try {
        if (!window.PublicKeyCredential) throw new Error("none");
        const options = asked(JSON.parse(form.dataset.options));
        const credential = form.dataset.passkey === "create"
          ? await navigator.credentials.create(options)
          : await navigator.credentials.get(options);
        form.elements.credential.value = JSON.stringify(answered(credential));
        form.submit();
      } catch (error) {
        if (failed) failed.hidden = false;
      }
    }, true);
  }
})();
