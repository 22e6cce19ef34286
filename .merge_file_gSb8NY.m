msgid ""
msgstr ""
"Report-Msgid-Bugs-To: \n"
"POT-Creation-Date: 2026-11-29 00:59+0000\n"
"Language: en\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Il reste des pages à voir avant de continuer."
msgstr "There are still pages to see before you can go on."

msgid "Pourquoi refusez-vous ?"
msgstr "Why do you refuse?"

msgid "Vous avez déjà saisi votre code : votre signature est en cours."
msgstr "You have already typed your code: your signature is being made."

msgid "Écrivez quelques mots."
msgstr "Write a few words."

msgid "Votre nom exact"
msgstr "Your exact name"

msgid "Votre question"
msgstr "Your question"

msgid "Mon nom, comme sur ma pièce d'identité : "
msgstr "My name, as on my identity document: "

#, python-brace-format
msgid "Votre message est transmis à {name}. Vous pouvez revenir par le même lien."
msgstr "Your message has gone to {name}. You can come back with the same link."

msgid "Vérifiez ce que vous avez saisi."
msgstr "Check what you have typed."

msgid "Cette personne ne peut pas signer maintenant."
msgstr "This person cannot sign now."

#, python-brace-format
msgid "Paraphe (pour {count} cases)"
msgstr "Initials (for {count} boxes)"

msgid "Cochez la case pour pouvoir signer."
msgstr "Tick the box to be able to sign."

msgid "Ou une photo de votre signature"
msgstr "Or a photo of your signature"

msgid "Prénom"
msgstr "First name"

msgid "Nom"
msgstr "Last name"

msgid "E-mail"
msgstr "E-mail"

msgid "Mobile"
msgstr "Mobile"

msgid "Son code de signature y sera envoyé par SMS."
msgstr "The signing code will be sent there by text message."

msgid "Mention à recopier"
msgstr "Words to copy"

msgid "Recopiez : « {} »"
msgstr "Copy: “{}”"

msgid "Texte"
msgstr "Text"

msgid "Date"
msgstr "Date"

msgid "Case à cocher"
msgstr "Box to tick"

msgid "Paraphe"
msgstr "Initials"

msgid "Mention"
msgstr "Words"

msgid "Votre identité est vérifiée. Il ne reste qu'à signer."
msgstr "Your identity is checked. All that is left is to sign."

msgid "Vous signez ici"
msgstr "You sign here"

msgid "Signature rappelée ici"
msgstr "Signature shown again here"

msgid "Votre paraphe"
msgstr "Your initials"

msgid "Votre mention"
msgstr "Your sentence"

msgid "À remplir"
msgstr "To fill in"

msgid "La date"
msgstr "The date"

msgid "À cocher"
msgstr "To tick"

msgid "Remplissez cette case."
msgstr "Fill in this box."

msgid "Ce texte est trop long : 500 caractères au plus."
msgstr "This text is too long: 500 characters at most."

msgid "Donnez une date, par exemple 28/11/2026."
msgstr "Give a date, for example 28/11/2026."

msgid "Ce dessin ne se lit pas : effacez-le et recommencez, ou écrivez au clavier."
msgstr "This drawing cannot be read: clear it and begin again, or type."

msgid "Recopiez exactement la mention demandée."
msgstr "Copy exactly the words that are asked for."

msgid "Le code est envoyé."
msgstr "The code has been sent."

msgid "La signature n'est pas possible pour l'instant"
msgstr "Signing is not possible at the moment"

msgid "Le site qui envoie les codes et fait les signatures ne répond pas. Rien n'est perdu et rien n'est signé. Cette page réessaie seule ; vous pouvez aussi la fermer et revenir plus tard par le même lien."
msgstr "The site that sends the codes and makes the signatures does not answer. Nothing is lost and nothing is signed. This page tries again by itself; you can also close it and come back later by the same link."

msgid "Ce site ne peut rien enregistrer en ce moment. Rien n'est perdu et rien n'est signé. Cette page réessaie seule ; vous pouvez aussi la fermer et revenir plus tard par le même lien."
msgstr "This site can store nothing at this moment. Nothing is lost and nothing is signed. This page tries again by itself; you can also close it and come back later by the same link."

msgid "Ce n'est pas encore votre tour"
msgstr "It is not your turn yet"

msgid "D'autres personnes signent avant vous. Vous recevrez un message dès que ce sera à vous."
msgstr "Other people sign before you. You will receive a message as soon as it is your turn."

msgid "Votre certificat est suspendu"
msgstr "Your certificate is suspended"

msgid "Rien n'est signé en votre nom tant qu'il l'est. Rétablissez-le sur le site du tiers de confiance, puis revenez par le même lien."
msgstr "Nothing is signed in your name as long as it is. Restore it on the site of the trust service provider, then come back with the same link."

msgid "Votre identité ne peut pas être vérifiée pour l'instant"
msgstr "Your identity cannot be checked for the moment"

msgid "Cela ne dépend pas de vous : il manque quelque chose du côté de l'expéditeur. Prévenez-le, puis revenez par le même lien."
msgstr "It does not depend on you: something is missing on the sender's side. Tell the sender, then come back with the same link."

msgid "Votre nom n'est pas le même que dans votre certificat"
msgstr "Your name is not the same as in your certificate"

msgid "Vous avez déjà un certificat, sous un autre nom que celui de cette demande. Prévenez la personne qui vous a envoyé le document : elle peut corriger votre nom, et vous signerez par le même lien."
msgstr "You already have a certificate, under another name than that of this request. Tell the person who sent you the document: they can correct your name, and you will sign with the same link."

msgid "Il manque votre numéro de mobile"
msgstr "Your mobile number is missing"

msgid "Le code de signature est envoyé par SMS. Donnez votre numéro à la personne qui vous a envoyé le document : elle l'ajoutera, et vous signerez par le même lien."
msgstr "The signing code is sent by text message. Give your number to the person who sent you the document: they will add it, and you will sign with the same link."

msgid "Ce document ne peut pas être signé"
msgstr "This document cannot be signed"

msgid "Le fichier gardé n'est plus exactement celui qui vous a été envoyé. Par sécurité, plus rien ne peut y être signé ; l'expéditeur et l'exploitant en sont prévenus."
msgstr "The file that is kept is no longer exactly the one that was sent to you. For safety, nothing can be signed in it any more; the sender and the operator are told."

msgid "Le tiers de confiance a refusé cette demande"
msgstr "The trust service provider refused this request"

msgid "Rien n'a été signé. Vérifiez votre nom, votre e-mail et votre mobile avec la personne qui vous a envoyé le document, puis revenez par le même lien."
msgstr "Nothing was signed. Check your name, your e-mail and your mobile with the person who sent you the document, then come back with the same link."

msgid "Vous n'avez pas signé"
msgstr "You have not signed"

msgid "Vous avez arrêté avant de saisir le code. Vous pouvez recommencer quand vous voulez."
msgstr "You stopped before typing the code. You can start again whenever you like."

msgid "Quelqu'un d'autre a signé entre-temps"
msgstr "Somebody else signed in the meantime"

msgid "Rien n'est perdu : il faut seulement un nouveau code, pour le document tel qu'il est maintenant."
msgstr "Nothing is lost: only a new code is needed, for the document as it is now."

msgid "Votre signature n'a pas pu être terminée"
msgstr "Your signature could not be finished"

msgid "Une panne a duré plus longtemps que votre code. Rien n'est signé : demandez un nouveau code."
msgstr "An outage lasted longer than your code. Nothing is signed: ask for a new code."

msgid "Une panne a duré trop longtemps. Rien n'est signé : demandez un nouveau code."
msgstr "An outage lasted too long. Nothing is signed: ask for a new code."

msgid "Ce code n'est pas le bon."
msgstr "This is not the right code."

msgid "Ce code n'est plus valable. Demandez-en un nouveau."
msgstr "This code is no longer valid. Ask for a new one."

msgid "Un code vient de vous être envoyé. Patientez quelques secondes avant d'en demander un autre."
msgstr "A code has just been sent to you. Wait a few seconds before you ask for another one."

msgid "Beaucoup de codes ont été envoyés aujourd'hui. Réessayez demain."
msgstr "Many codes have been sent today. Try again tomorrow."

msgid "La signature n'est pas possible"
msgstr "Signing is not possible"

#, python-brace-format
msgid "Le document ne peut pas être signé ({code}). Prévenez la personne qui vous l'a envoyé."
msgstr "The document cannot be signed ({code}). Tell the person who sent it to you."

msgid "Recommencer"
msgstr "Start again"

msgid "Votre identité est vérifiée, une seule fois"
msgstr "Your identity is checked, only once"

msgid "L'expéditeur demande une signature avancée : elle est faite avec un certificat à votre nom, délivré après vérification de votre pièce d'identité et valable cinq ans. La fois suivante, un code suffira."
msgstr "The sender asks for an advanced signature: it is made with a certificate in your name, issued after your identity document has been checked and valid for five years. Next time, a code will be enough."

msgid "Présenter ma pièce d'identité"
msgstr "Show my identity document"

msgid "Votre demande vous attend"
msgstr "Your request is waiting for you"

msgid "Vous l'avez commencée sur le site du tiers de confiance. Reprenez-la où vous l'avez laissée."
msgstr "You began it on the site of the trust service provider. Go on where you left off."

msgid "Poursuivre ma demande"
msgstr "Go on with my request"

msgid "Une autre photo est nécessaire"
msgstr "Another photo is needed"

msgid "Votre pièce d'identité n'a pas pu être lue avec la photo envoyée."
msgstr "Your identity document could not be read with the photo you sent."

msgid "Reprendre la photo"
msgstr "Take the photo again"

msgid "Votre pièce d'identité est en cours de vérification"
msgstr "Your identity document is being checked"

msgid "Un agent du tiers de confiance la regarde, en général dans la journée. Vous pouvez fermer cette page : un e-mail vous préviendra, et le même lien vous ramène ici."
msgstr "An officer of the trust service provider looks at it, usually within the day. You can close this page: an e-mail will tell you, and the same link brings you back here."

msgid "Votre identité est vérifiée"
msgstr "Your identity is checked"

msgid "Il reste à lire l'accord de souscription du certificat et à l'accepter, avec un code par SMS. Puis vous signez."
msgstr "What is left is to read the subscription agreement of the certificate and to accept it, with a code by text message. Then you sign."

msgid "Continuer"
msgstr "Continue"

msgid "Votre pièce d'identité n'a pas été acceptée"
msgstr "Your identity document was not accepted"

msgid "Rien n'est signé. Vous pouvez recommencer, avec une autre pièce ou de meilleures photos."
msgstr "Nothing is signed. You can start again, with another document or better photos."

msgid "Votre demande a expiré"
msgstr "Your request has expired"

msgid "Elle n'a pas été terminée dans les trente jours. Vous pouvez en commencer une autre."
msgstr "It was not completed within thirty days. You can begin another one."

msgid "Votre certificat n'est plus valable"
msgstr "Your certificate is no longer valid"

msgid "Il a expiré ou a été révoqué. Ce document demande une signature avancée : votre identité est vérifiée de nouveau, puis un autre certificat est délivré à votre nom."
msgstr "It has expired or was revoked. This document asks for an advanced signature: your identity is checked again, then another certificate is issued in your name."

msgid "Il vous faut votre certificat"
msgstr "You need your certificate"

#, python-brace-format
msgid "L'expéditeur demande une signature faite avec un certificat que vous avez déjà chez {provider}. Aucun n'y est trouvé à votre adresse e-mail. Vérifiez-la avec lui, ou obtenez ce certificat, puis revenez par le même lien."
msgstr "The sender asks for a signature made with a certificate that you already have at {provider}. None is found there under your e-mail address. Check it with the sender, or get this certificate, then come back with the same link."

msgid "Votre nom n'est pas celui de la demande"
msgstr "Your name is not that of the request"

msgid "Le nom lu sur votre pièce d'identité n'est pas celui que l'expéditeur a écrit. Dites-lui votre nom exact : il le corrige, vous en êtes prévenu, et vous continuez par le même lien."
msgstr "The name read on your identity document is not the one that the sender wrote. Say your exact name: the sender corrects it, you are told, and you go on with the same link."

msgid "le tiers de confiance"
msgstr "the trust service provider"

msgid "La signature n'a pas abouti"
msgstr "The signature came to nothing"

msgid "Rien n'a été signé. Vous pouvez recommencer avec un nouveau code."
msgstr "Nothing was signed. You can start again with a new code."

msgid "Cette image ne peut pas être lue. Essayez une photo en JPEG ou en PNG, plus légère."
msgstr "This image cannot be read. Try a smaller photo, in JPEG or PNG."

msgid "Le texte a changé entre-temps. Relisez-le, puis cochez la case de nouveau."
msgstr "The text has changed in the meantime. Read it again, then tick the box again."

msgid "Lire"
msgstr "Read"

msgid "Remplir"
msgstr "Fill in"

msgid "Identité"
msgstr "Identity"

msgid "Signer"
msgstr "Sign"

msgid "Approuver"
msgstr "Approve"

#, python-format
msgid "%(name)s, vous donnez votre accord sur « %(title)s ». Vous ne signez pas : votre accord est noté, et la suite continue."
msgstr "%(name)s, you give your approval of “%(title)s”. You do not sign: your approval is noted, and things go on."

msgid "Revenir à la lecture"
msgstr "Back to reading"

#, python-format
msgid "Prénom de la demande : %(value)s"
msgstr "First name in the request: %(value)s"

#, python-format
msgid "Nom de la demande : %(value)s"
msgstr "Last name in the request: %(value)s"

#, python-format
msgid "Dire mon nom exact à %(sender)s"
msgstr "Tell %(sender)s my exact name"

msgid "Rétablir mon certificat"
msgstr "Restore my certificate"

msgid "C'est fait : signer"
msgstr "Done: sign"

msgid "Réessayer"
msgstr "Try again"

#, python-format
msgid "Prévenir %(sender)s"
msgstr "Tell %(sender)s"

msgid "Un code avant de télécharger"
msgstr "A code before you download"

#, python-format
msgid "Vous avez signé avec un certificat à votre nom : vos documents sont protégés par un code, envoyé par SMS au %(mobile)s."
msgstr "You signed with a certificate in your name: your documents are protected by a code, sent by text message to %(mobile)s."

#, python-format
msgid "Vous avez signé avec un certificat à votre nom : vos documents sont protégés par un code, envoyé par e-mail à %(email)s."
msgstr "You signed with a certificate in your name: your documents are protected by a code, sent by e-mail to %(email)s."

msgid "Code reçu"
msgstr "Code received"

msgid "Envoyer un autre code"
msgstr "Send another code"

msgid "M'envoyer un code"
msgstr "Send me a code"

msgid "Ce lien ne s'ouvre pas"
msgstr "This link does not open"

msgid "Il est incomplet, il a été remplacé par un lien plus récent, ou la demande n'existe plus."
msgstr "It is incomplete, it was replaced by a newer link, or the request no longer exists."

msgid "Ouvrez le dernier message que vous avez reçu pour ce document, et son lien en entier."
msgstr "Open the last message that you received for this document, and its whole link."

msgid "Si vous aviez déjà ouvert la page, rouvrez le lien du message : votre navigateur l'a oubliée."
msgstr "If you had already opened the page, open the link of the message again: your browser has forgotten it."

msgid "Sinon, demandez un nouveau lien à la personne qui vous a écrit."
msgstr "Otherwise, ask the person who wrote to you for a new link."

msgid "Rien n'a été signé par cette page."
msgstr "Nothing was signed by this page."

msgid "Merci"
msgstr "Thank you"

msgid "Merci de l'avoir dit"
msgstr "Thank you for saying so"

msgid "La personne qui vous a écrit le saura. Ce lien ne s'ouvre plus ; vous pouvez supprimer le message."
msgstr "The person who wrote to you will know. This link no longer opens; you can delete the message."

#, python-format
msgid "Vous n'êtes pas %(name)s ?"
msgstr "You are not %(name)s?"

#, python-format
msgid "Une adresse a été mal saisie, ou quelqu'un vous a fait suivre ce message. Dites-le ici : ce lien ne s'ouvrira plus, et %(sender)s le saura."
msgstr "An address was mistyped, or somebody forwarded this message to you. Say so here: this link will no longer open, and %(sender)s will know."

msgid "Ce n'est pas pour moi"
msgstr "This is not for me"

msgid "Revenir au document"
msgstr "Back to the document"

msgid "Retour au document"
msgstr "Back to the document"

msgid "Ouvrez de nouveau le lien de votre message"
msgstr "Open the link of your message again"

msgid "Votre demande de certificat est enregistrée. Ce navigateur n'est pas celui dans lequel vous avez ouvert le document à signer : pour y revenir, ouvrez le lien du message qui vous demande de signer."
msgstr "Your request for a certificate is kept. This browser is not the one in which you opened the document to sign: to go back to it, open the link of the message that asks you to sign."

msgid "Ce qu'il faut remplir"
msgstr "What to fill in"

msgid "Vos réponses sont inscrites dans le document, aux places prévues, au moment où vous signez."
msgstr "Your answers are written into the document, in their places, at the moment you sign."

#, python-format
msgid "Cabinet vérifié, SIREN %(siren)s"
msgstr "Verified firm, SIREN %(siren)s"

msgid "Cette validation n'est plus attendue"
msgstr "This confirmation is no longer expected"

msgid "Elle a déjà servi, elle appartient à un autre document, ou une autre fenêtre l'a remplacée. Revenez au document : il montre où vous en êtes."
msgstr "It has already served, it belongs to another document, or another window replaced it. Go back to the document: it shows where you are."

msgid "Transmettre à la bonne personne"
msgstr "Pass on to the right person"

msgid "Elle reçoit la demande à votre place, avec un lien à elle ; le vôtre ne s'ouvre plus."
msgstr "They receive the request in your place, with a link of their own; yours no longer opens."

msgid "Transmettre"
msgstr "Pass on"

msgid "Demande transmise"
msgstr "Request passed on"

#, python-format
msgid "%(name)s reçoit la demande à votre place. Vous n'avez plus rien à faire."
msgstr "%(name)s receives the request in your place. You have nothing more to do."

msgid "La raison"
msgstr "The reason"

msgid "Vous photographiez votre pièce d'identité sur le site du tiers de confiance."
msgstr "You photograph your identity document on the site of the trust service provider."

msgid "Elle est vérifiée, en général dans la journée ; un e-mail vous prévient."
msgstr "It is checked, usually within the day; an e-mail tells you."

msgid "Vous revenez signer par le même lien, avec un code par SMS."
msgstr "You come back to sign with the same link, with a code by text message."

#, python-format
msgid "La demande est au nom de <strong>%(name)s</strong>."
msgstr "The request is in the name of <strong>%(name)s</strong>."

msgid "Ce n'est pas exactement le nom de votre pièce d'identité ?"
msgstr "Not exactly the name on your identity document?"

msgid "Le nom est le bon : présenter une autre pièce d'identité"
msgstr "The name is right: show another identity document"

msgid "Relire le document"
msgstr "Read the document again"

msgid "Ou écrire la mention avec le doigt"
msgstr "Or write the sentence with your finger"

msgid "L'écrire aussi avec le doigt"
msgstr "Write it with your finger, too"

msgid "Dessiner mon paraphe avec le doigt"
msgstr "Draw my initials with a finger"

msgid "Le doigt ou la souris. Il n'est alors pas nécessaire de la taper : elle figure en caractères sous votre écriture."
msgstr "Finger or mouse. You need not type it then: it stands in type under your hand."

msgid "Le doigt ou la souris. Ce que vous avez tapé figure sous votre écriture."
msgstr "Finger or mouse. What you typed stands under your hand."

msgid "Le doigt ou la souris. Vos initiales restent en caractères sous le dessin."
msgstr "Finger or mouse. Your initials stay in type under the drawing."

msgid "Effacer le dessin"
msgstr "Clear the drawing"

#, python-format
msgid "Page %(n)s sur %(total)s"
msgstr "Page %(n)s of %(total)s"

#, python-format
msgid "il reste une page à voir"
msgid_plural "il reste %(n)s pages à voir"
msgstr[0] "one page is still to be seen"
msgstr[1] "%(n)s pages are still to be seen"

msgid "Ouvrir le document en PDF, pour un lecteur d'écran ou pour l'agrandir"
msgstr "Open the document as PDF, for a screen reader or to enlarge it"

msgid "Page suivante"
msgstr "Next page"

msgid "J'ai lu, continuer"
msgstr "I have read it, continue"

msgid "Page précédente"
msgstr "Previous page"

msgid "Toutes les pages"
msgstr "All pages"

msgid "Une question, un problème, ce n'est pas pour vous ?"
msgstr "A question, a problem, not for you?"

#, python-format
msgid "Poser une question à %(sender)s"
msgstr "Ask %(sender)s a question"

#, python-format
msgid "Ouvrir « %(title)s » en PDF"
msgstr "Open “%(title)s” as PDF"

#, python-format
msgid "Je ne suis pas %(name)s"
msgstr "I am not %(name)s"

msgid "Refuser, en disant pourquoi"
msgstr "Refuse, saying why"

msgid "Signaler cette demande"
msgstr "Report this request"

#, python-format
msgid "%(name)s, %(sender)s vous demande d'approuver ce document."
msgid_plural "%(name)s, %(sender)s vous demande d'approuver ces %(n)s documents."
msgstr[0] "%(name)s, %(sender)s asks you to approve this document."
msgstr[1] "%(name)s, %(sender)s asks you to approve these %(n)s documents."

#, python-format
msgid "%(name)s, %(sender)s vous demande de signer ce document."
msgid_plural "%(name)s, %(sender)s vous demande de signer ces %(n)s documents."
msgstr[0] "%(name)s, %(sender)s asks you to sign this document."
msgstr[1] "%(name)s, %(sender)s asks you to sign these %(n)s documents."

msgid "Lisez-le ici, sans compte à créer ; avant de signer, votre identité sera vérifiée, une seule fois."
msgid_plural "Lisez-les ici, sans compte à créer ; avant de signer, votre identité sera vérifiée, une seule fois."
msgstr[0] "Read it here, no account needed; before you sign, your identity will be checked, only once."
msgstr[1] "Read them here, no account needed; before you sign, your identity will be checked, only once."

msgid "Lisez-le, cela se fait ici en moins d'une minute, sans compte à créer."
msgid_plural "Lisez-les, cela se fait ici en quelques minutes, sans compte à créer."
msgstr[0] "Read it; this takes less than a minute here, without any account."
msgstr[1] "Read them; this takes a few minutes here, without any account."

#, python-format
msgid "%(n)s document"
msgid_plural "%(n)s documents"
msgstr[0] "%(n)s document"
msgstr[1] "%(n)s documents"

#, python-format
msgid "(page %(n)s)"
msgstr "(page %(n)s)"

#, python-format
msgid "(pages %(first)s à %(last)s)"
msgstr "(pages %(first)s to %(last)s)"

msgid "à lire seulement"
msgstr "to read only"

msgid "Lire page par page"
msgstr "Read page by page"

msgid "Les codes mettent du temps à partir"
msgstr "Codes take time to leave"

msgid "Le service qui les envoie ne répond pas en ce moment. Vous pouvez demander le vôtre : il part dès que le service revient. Ou revenez plus tard par le même lien."
msgstr "The service that sends them does not answer at this moment. You can ask for yours: it leaves as soon as the service is back. Or come back later by the same link."

#, python-format
msgid "%(name)s, vous allez signer « %(title)s »."
msgstr "%(name)s, you are about to sign “%(title)s”."

msgid "Ajouter l'image de ma signature (facultatif)"
msgstr "Add an image of my signature (optional)"

msgid "Dessinez votre signature avec le doigt ou la souris"
msgstr "Draw your signature with a finger or the mouse"

msgid "Écrire mon nom"
msgstr "Write my name"

#, python-format
msgid "Un code va être envoyé par SMS au <strong>%(mobile)s</strong>. Le saisir sur la page suivante vaut signature."
msgstr "A code will be sent by text message to <strong>%(mobile)s</strong>. Typing it on the next page is your signature."

#, python-format
msgid "Un code va être envoyé par e-mail à <strong>%(email)s</strong>. Le saisir sur la page suivante vaut signature."
msgstr "A code will be sent by e-mail to <strong>%(email)s</strong>. Typing it on the next page is your signature."

msgid "Vous confirmerez sur la page suivante, comme vous le faites d'habitude avec votre certificat."
msgstr "You will confirm on the next page, as you usually do with your certificate."

msgid "Signer et recevoir mon code"
msgstr "Sign and receive my code"

#, python-format
msgid "Terminé : %(done)s sur %(total)s. Vous recevrez un message dès que ce sera à vous ; gardez-le, il contient votre lien."
msgstr "Done: %(done)s of %(total)s. You will receive a message as soon as it is your turn; keep it, it has your link."

msgid "Tout est signé"
msgstr "Everything is signed"

msgid "Les documents sont signés"
msgstr "The documents are signed"

msgid "Voici vos documents, avec toutes les signatures. Téléchargez-les et gardez-les : c'est le fichier PDF lui-même qui fait foi, pas son impression."
msgstr "Here are your documents, with all signatures. Download them and keep them: the PDF file itself is the proof, not a print of it."

msgid "Télécharger"
msgstr "Download"

#, python-format
msgid "Attestation de votre signature de « %(title)s »"
msgstr "Attestation of your signature of “%(title)s”"

msgid "Vérifier un document signé"
msgstr "Check a signed document"

msgid "Merci, votre accord est noté"
msgstr "Thank you, your approval is noted"

msgid "Merci, c'est signé"
msgstr "Thank you, it is signed"

msgid "Tout le monde a signé. Les documents sont préparés pour être gardés longtemps : vous recevrez dans quelques minutes un message pour les télécharger."
msgstr "Everybody has signed. The documents are being prepared to be kept for long: in a few minutes you will receive a message to download them."

#, python-format
msgid "Terminé : %(done)s sur %(total)s. Vous recevrez un message pour télécharger les documents quand tout le monde aura signé."
msgstr "Done: %(done)s of %(total)s. You will receive a message to download the documents when everybody has signed."

msgid "Vous pouvez rendre l'appareil : il ne garde rien de vous. Votre exemplaire arrive par e-mail."
msgstr "You can give the device back: it keeps nothing of yours. Your copy arrives by e-mail."

msgid "Vous pouvez fermer cette page. Le lien de votre message vous y ramène quand vous voulez."
msgstr "You can close this page. The link of your message brings you back whenever you like."

msgid "Votre refus est transmis"
msgstr "Your refusal has been passed on"

msgid "Cette demande est terminée"
msgstr "This request is over"

#, python-format
msgid "%(sender)s lira vos raisons. Rien n'a été signé en votre nom, et plus personne ne peut signer ce document ici."
msgstr "%(sender)s will read your reasons. Nothing was signed in your name, and nobody can sign this document here any more."

msgid "Une des personnes invitées a refusé : plus personne ne peut signer ce document ici."
msgstr "One of the people invited refused: nobody can sign this document here any more."

msgid "Le délai pour signer est passé"
msgstr "The time to sign is over"

#, python-format
msgid "Demandez à %(sender)s, de %(firm)s, de vous envoyer une nouvelle demande."
msgstr "Ask %(sender)s, of %(firm)s, to send you a new request."

msgid "Cette demande a été annulée"
msgstr "This request was cancelled"

#, python-format
msgid "%(sender)s l'a annulée : il n'y a plus rien à signer."
msgstr "%(sender)s cancelled it: there is nothing left to sign."

msgid "Les signatures sont en cours"
msgstr "Signatures are under way"

msgid "Vous recevez une copie : un message vous préviendra quand les documents seront signés."
msgstr "You receive a copy: a message will tell you when the documents are signed."

msgid "Refuser"
msgstr "Refuse"

#, python-format
msgid "%(sender)s lira vos raisons. Votre refus arrête la demande pour tout le monde."
msgstr "%(sender)s will read your reasons. Your refusal stops the request for everybody."

msgid "Dire mon nom exact"
msgstr "Say my exact name"

#, python-format
msgid "La demande est au nom de %(name)s. %(sender)s reçoit votre message et corrige ce nom ; un e-mail vous en prévient, et vous continuez par le même lien."
msgstr "The request is in the name of %(name)s. %(sender)s gets your message and corrects this name; an e-mail tells you, and you go on with the same link."

msgid "Poser une question"
msgstr "Ask a question"

#, python-format
msgid "%(sender)s la reçoit et vous répond par e-mail à %(email)s. Vous pourrez signer ensuite, par le même lien."
msgstr "%(sender)s receives it and answers you by e-mail at %(email)s. You can sign afterwards, with the same link."

msgid "Refuser de signer"
msgstr "Refuse to sign"

msgid "Envoyer mon nom"
msgstr "Send my name"

msgid "Envoyer ma question"
msgstr "Send my question"

msgid "Votre signature est en cours"
msgstr "Your signature is being made"

msgid "Votre code est accepté, mais un service nécessaire à la signature ne répond pas. Elle se terminera seule à son retour, sans nouveau code ; cette page se met à jour seule."
msgstr "Your code is accepted, but a service that the signature needs does not answer. It will be finished by itself when that is back, without another code; this page keeps itself up to date."

msgid "Votre code est accepté. La signature est terminée dans quelques instants ; cette page se met à jour seule."
msgstr "Your code is accepted. The signature will be finished in a moment; this page updates by itself."

msgid "Vous pouvez aussi fermer cette page : rien ne se perd, et le même lien vous montrera le résultat."
msgstr "You can also close this page: nothing is lost, and the same link will show you the result."

msgid "Une autre personne est en train de signer"
msgstr "Somebody else is signing right now"

msgid "Deux signatures ne s'écrivent jamais en même temps sur un document. C'est à vous dans un instant ; cette page continue seule."
msgstr "Two signatures are never written into a document at the same time. It is your turn in a moment; this page goes on by itself."

msgid "Regarder maintenant"
msgstr "Look now"

msgid "Le code n'est pas encore parti"
msgstr "The code has not left yet"

msgid "Le service d'envoi ne répond pas ; nous réessayons. S'il n'arrive pas, demandez-en un autre, ou revenez plus tard : vos documents restent ici."
msgstr "The sending service does not answer; we keep trying. If it does not come, ask for another one, or come back later: your documents stay here."

#~ msgid "Le site qui envoie les codes et fait les signatures ne répond pas. Rien n'est perdu et rien n'est signé : réessayez dans quelques minutes, ou revenez plus tard par le même lien."
#~ msgstr "The site that sends codes and makes signatures does not answer. Nothing is lost and nothing is signed: try again in a few minutes, or come back later with the same link."

#~ msgid "Le code a expiré"
#~ msgstr "The code has expired"

#~ msgid "Le délai est passé avant la fin de la signature. Demandez un nouveau code."
#~ msgstr "The time ran out before the signature was finished. Ask for a new code."

#~ msgid "Votre signature est rappelée ici"
#~ msgstr "Your signature is shown again here"

#, python-brace-format
#~ msgid "Votre question est transmise à {name}. Vous pouvez revenir par le même lien."
#~ msgstr "Your question has gone to {name}. You can come back with the same link."

#~ msgid "Une pièce d'identité est demandée, une seule fois"
#~ msgstr "An identity document is asked for, only once"

#~ msgid "Ce document demande une signature avancée : un certificat à votre nom, délivré après vérification de votre pièce d'identité. Il vous servira ensuite pendant cinq ans."
#~ msgstr "This document asks for an advanced signature: a certificate in your name, issued after your identity document has been checked. It will then serve you for five years."

#~ msgid "Votre pièce d'identité n'a pas pu être acceptée. Vous pouvez recommencer, avec une autre pièce ou de meilleures photos."
#~ msgstr "Your identity document could not be accepted. You can start again, with another document or better photos."

#~ msgid "Votre demande est en cours chez le tiers de confiance. Revenez par le même lien quand elle est acceptée ; vous pouvez aussi la poursuivre maintenant."
#~ msgstr "Your request is under way at the trust service provider. Come back with the same link when it is accepted; you can also go on with it now."
