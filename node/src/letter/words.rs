//! What a letter says, in four languages, to three kinds of readers.
//!
//! Dutch binds: everyday words, short sentences, "u" to adults and "je" to young people. A struct, so that a sentence that is
//! missing in one language does not compile. `{name}`, `{portal}`, `{date}` and `{telephone}` are filled in.

use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::Holder;

/// To whom a letter speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// A holder of authority.
    Parent,
    /// The child or young person.
    Young,
    /// A curator or mentor.
    Representative,
}

impl From<Holder> for Reader {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::YoungPerson {} => Self::Young,
            Holder::Guardian { .. } => Self::Parent,
            Holder::Representative { .. } => Self::Representative,
        }
    }
}

/// The sentences of a letter.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) hello: &'static str,
    pub(super) hello_unnamed: &'static str,
    pub(super) why: [&'static str; 2],
    pub(super) begin: &'static str,
    pub(super) scan: &'static str,
    /// Instead of `scan`, where no portal is configured.
    pub(super) ask: &'static str,
    pub(super) steps: [&'static str; 2],
    pub(super) know: &'static str,
    pub(super) rules: [&'static str; 3],
    pub(super) offline: &'static str,
    pub(super) offline_help: &'static str,
    pub(super) code: &'static str,
    pub(super) until: &'static str,
    pub(super) call: &'static str,
    /// Before a line to write the number on.
    pub(super) call_unknown: &'static str,
    /// Said until a speaker of the language has read the translation.
    pub(super) unreviewed: Option<&'static str>,
}

/// What a letter says in `language` to `reader`.
pub(super) const fn words(language: Language, reader: Reader) -> &'static Words {
    match (language, reader) {
        (Language::Dutch, Reader::Parent) => &NL,
        (Language::Dutch, Reader::Young) => &NL_YOUNG,
        (Language::Dutch, Reader::Representative) => &NL_REPRESENTATIVE,
        (Language::English, Reader::Parent) => &EN,
        (Language::English, Reader::Young) => &EN_YOUNG,
        (Language::English, Reader::Representative) => &EN_REPRESENTATIVE,
        (Language::Turkish, Reader::Parent) => &TR,
        (Language::Turkish, Reader::Young) => &TR_YOUNG,
        (Language::Turkish, Reader::Representative) => &TR_REPRESENTATIVE,
        (Language::Arabic, Reader::Parent) => &AR,
        (Language::Arabic, Reader::Young) => &AR_YOUNG,
        (Language::Arabic, Reader::Representative) => &AR_REPRESENTATIVE,
    }
}

const NL: Words = Words {
    title: "Beslis mee over de gegevens van uw kind",
    hello: "Beste {name},",
    hello_unnamed: "Beste ouder of verzorger,",
    why: [
        "Soms willen wij gegevens van uw kind doorgeven. Bijvoorbeeld aan een nieuwe school of aan jeugdhulp.",
        "U ziet vooraf precies wat wij willen doorgeven. Vaak is toestemming nodig. Zegt u niets, dan kan het ja van een ander genoeg zijn. Soms moet het van de wet. Dan kunt u uw mening erbij schrijven.",
    ],
    begin: "Zo begint u",
    scan: "Scan de QR-code met uw telefoon. Of ga naar {portal} en typ de code over.",
    ask: "Bel ons. Wij vertellen u waar u de code kunt gebruiken.",
    steps: [
        "Bedenk een geheim woord of een geheime zin. Alleen u weet dit geheim.",
        "Lees de vraag en kies. U mag later van keuze veranderen.",
    ],
    know: "Goed om te weten",
    rules: [
        "Bewaar deze brief. U hebt de code en uw geheim elke keer nodig.",
        "Geef de code aan niemand. Wij vragen er nooit naar.",
        "Bent u de brief kwijt? Of zegt de website dat de code al is gebruikt? Bel ons. U krijgt een nieuwe brief.",
    ],
    offline: "Geen internet?",
    offline_help: "Bel ons of kom langs. Wij helpen u. Het kan ook op papier.",
    code: "Uw code",
    until: "Begin vóór {date}. Daarna werkt de code niet meer.",
    call: "Vragen? Bel {telephone}.",
    call_unknown: "Vragen? Bel",
    unreviewed: None,
};

const NL_YOUNG: Words = Words {
    title: "Beslis mee over je eigen gegevens",
    hello: "Hallo {name},",
    hello_unnamed: "Hallo,",
    why: [
        "Soms willen wij gegevens over jou doorgeven. Bijvoorbeeld aan een nieuwe school of aan jeugdhulp.",
        "Je ziet vooraf precies wat wij willen doorgeven. Vaak mag het alleen als jij ja zegt. Soms moet het van de wet. Dan kun je jouw mening erbij schrijven.",
    ],
    begin: "Zo begin je",
    scan: "Scan de QR-code met je telefoon. Of ga naar {portal} en typ de code over.",
    ask: "Bel ons. Wij vertellen je waar je de code kunt gebruiken.",
    steps: [
        "Bedenk een geheim woord of een geheime zin. Alleen jij weet dit geheim.",
        "Lees de vraag en kies. Je mag later van keuze veranderen.",
    ],
    rules: [
        "Bewaar deze brief. Je hebt de code en je geheim elke keer nodig.",
        "Geef de code aan niemand. Wij vragen er nooit naar.",
        "Ben je de brief kwijt? Of zegt de website dat de code al is gebruikt? Bel ons. Je krijgt een nieuwe brief.",
    ],
    offline_help: "Bel ons of kom langs. Wij helpen je. Het kan ook op papier.",
    code: "Je code",
    ..NL
};

const NL_REPRESENTATIVE: Words = Words {
    title: "Beslis over de gegevens van de jongere voor wie u optreedt",
    hello_unnamed: "Beste lezer,",
    why: [
        "Soms willen wij gegevens doorgeven van de jongere voor wie u optreedt. Bijvoorbeeld aan een nieuwe school of aan jeugdhulp.",
        "U ziet vooraf precies wat wij willen doorgeven. Vaak is toestemming nodig. Zegt u niets, dan kan het ja van een ander genoeg zijn. Soms moet het van de wet. Dan kunt u uw mening erbij schrijven.",
    ],
    ..NL
};

const EN: Words = Words {
    title: "Have your say about your child's information",
    hello: "Dear {name},",
    hello_unnamed: "Dear parent or carer,",
    why: [
        "Sometimes we want to pass on information about your child. For example to a new school or to youth care.",
        "You first see exactly what we want to pass on. Often consent is needed. If you say nothing, somebody else's yes can be enough. Sometimes the law says we must. Then you can add your own view.",
    ],
    begin: "How to start",
    scan: "Scan the QR code with your phone. Or go to {portal} and type in the code.",
    ask: "Call us. We will tell you where you can use the code.",
    steps: [
        "Think of a secret word or a secret sentence. Only you know this secret.",
        "Read the question and choose. You may change your mind later.",
    ],
    know: "Good to know",
    rules: [
        "Keep this letter. You need the code and your secret every time.",
        "Give the code to nobody. We will never ask for it.",
        "Have you lost the letter? Or does the website say the code was used already? Call us. You will get a new letter.",
    ],
    offline: "No internet?",
    offline_help: "Call us or come by. We will help you. It can also be done on paper.",
    code: "Your code",
    until: "Start before {date}. After that the code stops working.",
    call: "Questions? Call {telephone}.",
    call_unknown: "Questions? Call",
    unreviewed: Some(
        "This translation was not checked by a native speaker yet. The Dutch text is the one that counts.",
    ),
};

const EN_YOUNG: Words = Words {
    title: "Have your say about your own information",
    hello: "Hello {name},",
    hello_unnamed: "Hello,",
    why: [
        "Sometimes we want to pass on information about you. For example to a new school or to youth care.",
        "You first see exactly what we want to pass on. Often we may do so only if you say yes. Sometimes the law says we must. Then you can add your own view.",
    ],
    ..EN
};

const EN_REPRESENTATIVE: Words = Words {
    title: "Decide about the information of the young person you act for",
    hello_unnamed: "Dear reader,",
    why: [
        "Sometimes we want to pass on information about the young person you act for. For example to a new school or to youth care.",
        "You first see exactly what we want to pass on. Often consent is needed. If you say nothing, somebody else's yes can be enough. Sometimes the law says we must. Then you can add your own view.",
    ],
    ..EN
};

const TR: Words = Words {
    title: "Çocuğunuzun bilgileri hakkında siz de karar verin",
    hello: "Sayın {name},",
    hello_unnamed: "Sayın veli,",
    why: [
        "Bazen çocuğunuzun bilgilerini başka bir kuruma vermek isteriz. Örneğin yeni bir okula veya gençlik yardımına.",
        "Neyi vermek istediğimizi önceden tam olarak görürsünüz. Çoğu zaman izin gerekir. Siz bir şey söylemezseniz başka birinin eveti yetebilir. Bazen de kanun bunu zorunlu kılar. O zaman kendi görüşünüzü ekleyebilirsiniz.",
    ],
    begin: "Nasıl başlarsınız?",
    scan: "QR kodunu telefonunuzla tarayın. Ya da {portal} adresine gidip kodu yazın.",
    ask: "Bizi arayın. Kodu nerede kullanacağınızı size söyleriz.",
    steps: [
        "Gizli bir kelime veya gizli bir cümle düşünün. Bunu yalnız siz bilirsiniz.",
        "Soruyu okuyun ve seçin. Kararınızı sonra değiştirebilirsiniz.",
    ],
    know: "Bilmeniz iyi olur",
    rules: [
        "Bu mektubu saklayın. Kod ve gizli sözünüz her seferinde gereklidir.",
        "Kodu kimseye vermeyin. Biz kodu hiçbir zaman sormayız.",
        "Mektubu mu kaybettiniz? Ya da site, kodun kullanıldığını mı söylüyor? Bizi arayın. Yeni bir mektup alırsınız.",
    ],
    offline: "İnternetiniz yok mu?",
    offline_help: "Bizi arayın veya uğrayın. Size yardım ederiz. Kâğıt üzerinde de olur.",
    code: "Kodunuz",
    until: "{date} tarihinden önce başlayın. Sonra kod çalışmaz.",
    call: "Sorunuz mu var? Arayın: {telephone}.",
    call_unknown: "Sorunuz mu var? Arayın:",
    unreviewed: Some(
        "Bu çeviri henüz bu dili konuşan biri tarafından kontrol edilmedi. Hollandaca metin geçerlidir.",
    ),
};

const TR_YOUNG: Words = Words {
    title: "Kendi bilgilerin hakkında sen de karar ver",
    hello: "Merhaba {name},",
    hello_unnamed: "Merhaba,",
    why: [
        "Bazen senin bilgilerini başka bir kuruma vermek isteriz. Örneğin yeni bir okula veya gençlik yardımına.",
        "Neyi vermek istediğimizi önceden tam olarak görürsün. Çoğu zaman bu, ancak sen evet dersen olur. Bazen de kanun bunu zorunlu kılar. O zaman kendi görüşünü ekleyebilirsin.",
    ],
    begin: "Nasıl başlarsın?",
    scan: "QR kodunu telefonunla tara. Ya da {portal} adresine gidip kodu yaz.",
    ask: "Bizi ara. Kodu nerede kullanacağını sana söyleriz.",
    steps: [
        "Gizli bir kelime veya gizli bir cümle düşün. Bunu yalnız sen bilirsin.",
        "Soruyu oku ve seç. Kararını sonra değiştirebilirsin.",
    ],
    know: "Bilmen iyi olur",
    rules: [
        "Bu mektubu sakla. Kod ve gizli sözün her seferinde gereklidir.",
        "Kodu kimseye verme. Biz kodu hiçbir zaman sormayız.",
        "Mektubu mu kaybettin? Ya da site, kodun kullanıldığını mı söylüyor? Bizi ara. Yeni bir mektup alırsın.",
    ],
    offline: "İnternetin yok mu?",
    offline_help: "Bizi ara veya uğra. Sana yardım ederiz. Kâğıt üzerinde de olur.",
    code: "Kodun",
    until: "{date} tarihinden önce başla. Sonra kod çalışmaz.",
    call: "Sorun mu var? Ara: {telephone}.",
    call_unknown: "Sorun mu var? Ara:",
    ..TR
};

const TR_REPRESENTATIVE: Words = Words {
    title: "Temsil ettiğiniz gencin bilgileri hakkında karar verin",
    hello_unnamed: "Sayın okur,",
    why: [
        "Bazen temsil ettiğiniz gencin bilgilerini başka bir kuruma vermek isteriz. Örneğin yeni bir okula veya gençlik yardımına.",
        "Neyi vermek istediğimizi önceden tam olarak görürsünüz. Çoğu zaman izin gerekir. Siz bir şey söylemezseniz başka birinin eveti yetebilir. Bazen de kanun bunu zorunlu kılar. O zaman kendi görüşünüzü ekleyebilirsiniz.",
    ],
    ..TR
};

const AR: Words = Words {
    title: "شاركوا في القرار بشأن معلومات طفلكم",
    hello: "{name} المحترم/المحترمة،",
    hello_unnamed: "حضرة ولي الأمر،",
    why: [
        "أحيانًا نريد تسليم معلومات عن طفلكم. مثلًا إلى مدرسة جديدة أو إلى جهة رعاية الشباب.",
        "ترون مسبقًا ما نريد تسليمه بالضبط. غالبًا تلزم الموافقة. وإن لم تقولوا شيئًا، فقد تكفي موافقة شخص آخر. وأحيانًا يفرضه القانون. عندئذ يمكنكم إضافة رأيكم.",
    ],
    begin: "هكذا تبدأون",
    scan: "امسحوا رمز QR بهاتفكم. أو اذهبوا إلى {portal} واكتبوا الرمز.",
    ask: "اتصلوا بنا. سنخبركم أين يمكنكم استخدام الرمز.",
    steps: [
        "فكروا في كلمة سرية أو جملة سرية. لا يعرف هذا السر أحد سواكم.",
        "اقرأوا السؤال واختاروا. يمكنكم تغيير رأيكم لاحقًا.",
    ],
    know: "من المفيد أن تعرفوا",
    rules: [
        "احتفظوا بهذه الرسالة. تحتاجون إلى الرمز وإلى سركم في كل مرة.",
        "لا تعطوا الرمز لأحد. نحن لا نسأل عنه أبدًا.",
        "هل ضاعت الرسالة؟ أو يقول الموقع إن الرمز قد استُخدم؟ اتصلوا بنا. ستحصلون على رسالة جديدة.",
    ],
    offline: "لا يوجد إنترنت؟",
    offline_help: "اتصلوا بنا أو تعالوا إلينا. سنساعدكم. يمكن ذلك على الورق أيضًا.",
    code: "الرمز الخاص بكم",
    until: "ابدأوا قبل {date}. بعد ذلك لا يعمل الرمز.",
    call: "لديكم أسئلة؟ اتصلوا على {telephone}.",
    call_unknown: "لديكم أسئلة؟ اتصلوا على",
    unreviewed: Some("لم يراجع هذه الترجمة بعدُ شخص يتحدث هذه اللغة. النص الهولندي هو النص المعتمد."),
};

const AR_YOUNG: Words = Words {
    title: "شارك في القرار بشأن معلوماتك",
    hello: "مرحبًا {name}،",
    hello_unnamed: "مرحبًا،",
    why: [
        "أحيانًا نريد تسليم معلومات عنك. مثلًا إلى مدرسة جديدة أو إلى جهة رعاية الشباب.",
        "ترى مسبقًا ما نريد تسليمه بالضبط. غالبًا لا يجوز ذلك إلا إذا قلت نعم. وأحيانًا يفرضه القانون. عندئذ يمكنك إضافة رأيك.",
    ],
    begin: "هكذا تبدأ",
    scan: "امسح رمز QR بهاتفك. أو اذهب إلى {portal} واكتب الرمز.",
    ask: "اتصل بنا. سنخبرك أين يمكنك استخدام الرمز.",
    steps: [
        "فكر في كلمة سرية أو جملة سرية. لا يعرف هذا السر أحد سواك.",
        "اقرأ السؤال واختر. يمكنك تغيير رأيك لاحقًا.",
    ],
    know: "من المفيد أن تعرف",
    rules: [
        "احتفظ بهذه الرسالة. تحتاج إلى الرمز وإلى سرك في كل مرة.",
        "لا تعط الرمز لأحد. نحن لا نسأل عنه أبدًا.",
        "هل ضاعت الرسالة؟ أو يقول الموقع إن الرمز قد استُخدم؟ اتصل بنا. ستحصل على رسالة جديدة.",
    ],
    offline_help: "اتصل بنا أو تعال إلينا. سنساعدك. يمكن ذلك على الورق أيضًا.",
    code: "الرمز الخاص بك",
    until: "ابدأ قبل {date}. بعد ذلك لا يعمل الرمز.",
    call: "لديك أسئلة؟ اتصل على {telephone}.",
    call_unknown: "لديك أسئلة؟ اتصل على",
    ..AR
};

const AR_REPRESENTATIVE: Words = Words {
    title: "قرروا بشأن معلومات الشاب أو الشابة الذي تمثلونه",
    hello_unnamed: "حضرة القارئ،",
    why: [
        "أحيانًا نريد تسليم معلومات عن الشاب أو الشابة الذي تمثلونه. مثلًا إلى مدرسة جديدة أو إلى جهة رعاية الشباب.",
        "ترون مسبقًا ما نريد تسليمه بالضبط. غالبًا تلزم الموافقة. وإن لم تقولوا شيئًا، فقد تكفي موافقة شخص آخر. وأحيانًا يفرضه القانون. عندئذ يمكنكم إضافة رأيكم.",
    ],
    ..AR
};
